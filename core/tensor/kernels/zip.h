/* zip.h - two vectors of the compiler's put together number by number; without MAH_SHUFFLES it does
 * not know how.
 */
#ifndef MAH_KERNELS_ZIP_H
#define MAH_KERNELS_ZIP_H

#ifndef MAH_CDEF
/* The lower (upper) halves of two vectors, number by number in turn. */
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define MAH_SHUFFLES
#endif
#endif

#ifdef MAH_SHUFFLES
#define ZIP2(a, b)    __builtin_shufflevector(a, b, 0, 2)
#define ZIP2_UP(a, b) __builtin_shufflevector(a, b, 1, 3)
#define ZIP4(a, b)    __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define ZIP4_UP(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define ZIP8(a, b)    __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP8_UP(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define ZIP16(a, b)                                                                                \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP16_UP(a, b)                                                                             \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif
#endif
#endif
