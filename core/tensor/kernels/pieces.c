/* pieces.c - copies of short pieces, whose length no call's cost would be worth. */
#include "tensor/kernels/pieces.h"

#include "base/simd.h"
#include "tensor/kernels/zip.h"
#include "tensor/vector_math.h"

#include <string.h>

/* -- Rows -------------------------------------------------------------------------------------- */

enum { WIDE = 64, LONG = 4096 }; /* a vector; from here on memcpy is as fast or faster */

/* Fewer than WIDE bytes: two moves of the largest power of two, which overlap. */
static inline void copy_short(char *out, const char *in, int64_t n) {
#define BOTH_ENDS(size)                                                                            \
  if (n >= (size)) {                                                                               \
    char first[size], last[size];                                                                  \
    memcpy(first, in, size);                                                                       \
    memcpy(last, in + n - (size), size);                                                           \
    memcpy(out, first, size);                                                                      \
    memcpy(out + n - (size), last, size);                                                          \
    return;                                                                                        \
  }
  BOTH_ENDS(32)
  BOTH_ENDS(16)
  BOTH_ENDS(8)
  BOTH_ENDS(4)
  for (int64_t i = 0; i < n; i++) out[i] = in[i];
}

static inline void copy_piece(char *out, const char *in, int64_t n) {
  if (n >= LONG) {
    memcpy(out, in, (size_t)n);
  } else if (n >= WIDE) {
    memcpy(out, in, WIDE);
    int64_t i = WIDE - (int64_t)((uintptr_t)out & (WIDE - 1)); /* from here on whole cache lines */
    for (; i + WIDE < n; i += WIDE) memcpy(out + i, in + i, WIDE);
    memcpy(out + n - WIDE, in + n - WIDE, WIDE); /* the end, over what is there already */
  } else {
    copy_short(out, in, n);
  }
}

static void copy(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t bytes,
                 int64_t rows) {
  for (int64_t r = 0; r < rows; r++, out += out_step, in += in_step) copy_piece(out, in, bytes);
}

static void join(char *out, int64_t out_step, const char *const *in, const int64_t *bytes,
                 int64_t n, int64_t rows) {
  for (int64_t r = 0; r < rows; r++, out += out_step) {
    char *to = out;
    for (int64_t i = 0; i < n; to += bytes[i++]) copy_piece(to, in[i] + r * bytes[i], bytes[i]);
  }
}

/* -- Turned: through a small square, which stays in registers; then what is left --------------- */

/* out[k, l] = in[l, k] */
#define SQUARE(S, T)                                                                               \
  static inline void square_##S(T *restrict out, int64_t out_step, const T *restrict in,           \
                                int64_t in_step) {                                                 \
    T square[4][4];                                                                                \
    for (int l = 0; l < 4; l++)                                                                    \
      for (int k = 0; k < 4; k++) square[k][l] = in[l * in_step + k];                              \
    for (int k = 0; k < 4; k++)                                                                    \
      for (int l = 0; l < 4; l++) out[k * out_step + l] = square[k][l];                            \
  }
#ifdef MAH_SHUFFLES
#define SQUARE_WIDE(S, T)                                                                          \
  typedef T four_##S __attribute__((vector_size(4 * sizeof(T))));                                  \
  static inline void square_##S(T *restrict out, int64_t out_step, const T *restrict in,           \
                                int64_t in_step) {                                                 \
    four_##S a[4], b[4];                                                                           \
    for (int l = 0; l < 4; l++) memcpy(&a[l], in + l * in_step, sizeof *a);                        \
    b[0] = ZIP4(a[0], a[2]), b[1] = ZIP4(a[1], a[3]);                                              \
    b[2] = ZIP4_UP(a[0], a[2]), b[3] = ZIP4_UP(a[1], a[3]);                                        \
    a[0] = ZIP4(b[0], b[1]), a[1] = ZIP4_UP(b[0], b[1]);                                           \
    a[2] = ZIP4(b[2], b[3]), a[3] = ZIP4_UP(b[2], b[3]);                                           \
    for (int k = 0; k < 4; k++) memcpy(out + k * out_step, &a[k], sizeof *a);                      \
  }
#else
#define SQUARE_WIDE(S, T) SQUARE(S, T)
#endif
SQUARE(8, uint8_t)
SQUARE(16, uint16_t)
SQUARE_WIDE(32, uint32_t)
SQUARE_WIDE(64, uint64_t)

#define TURN(S, T)                                                                                 \
  static void turn_##S(void *to, int64_t out_step, const void *from, int64_t in_step,              \
                       int64_t rows, int64_t columns) {                                            \
    T *restrict out = to;                                                                          \
    const T *restrict in = from;                                                                   \
    int64_t whole = columns / 4 * 4, i = 0;                                                        \
    for (; i + 4 <= rows; i += 4)                                                                  \
      for (int64_t j = 0; j < whole; j += 4)                                                       \
        square_##S(out + i * out_step + j, out_step, in + j * in_step + i, in_step);               \
    for (int64_t k = 0; k < rows; k++)                                                             \
      for (int64_t j = k < i ? whole : 0; j < columns; j++)                                        \
        out[k * out_step + j] = in[j * in_step + k];                                               \
  }
TURN(8, uint8_t)
TURN(16, uint16_t)
TURN(32, uint32_t)
TURN(64, uint64_t)

/* -- Picked ------------------------------------------------------------------------------------ */

/* In one pass without a way out, which becomes vectors. */
static int inside(const int32_t *position, int64_t n, int32_t first, int64_t size) {
  int32_t low = -(int32_t)(size < INT32_MAX ? size : INT32_MAX), any = 0;
  int32_t high = (int32_t)(size - 1 + first < INT32_MAX ? size - 1 + first : INT32_MAX);
  for (int64_t k = 0; k < n; k++) {
    int32_t p = position[k];
    any |= (p < low) | (p > high) | ((p >= 0) & (p < first));
  }
  return !any;
}

enum { BLOCK = 64 };

/* Vectors would be taken to pieces again: gathers are no faster. */
#ifdef __clang__
#define MAH_SCALAR
#define MAH_UNROLLED _Pragma("clang loop unroll_count(8) vectorize(disable)")
#else
#define MAH_SCALAR   __attribute__((noinline, optimize("no-tree-vectorize")))
#define MAH_UNROLLED _Pragma("GCC unroll 8")
#endif

/* By blocks of positions, most of which have none that count from the end. */
#define PICK(bytes, T)                                                                             \
  MAH_SCALAR static void pick_block_##bytes(T *restrict out, const T *restrict in,                 \
                                            const int32_t *position, int64_t first) {              \
    MAH_UNROLLED for (int i = 0; i < BLOCK; i++) out[i] = in[position[i] - first];                 \
  }                                                                                                \
  static void pick_##bytes(char *restrict to, const char *restrict from, const int32_t *position,  \
                           int64_t n, int32_t first, int64_t size) {                               \
    T *restrict out = (T *)(void *)to;                                                             \
    const T *restrict in = (const T *)(const void *)from;                                          \
    for (int64_t k = 0, many; k < n; k += many) {                                                  \
      int32_t signs = 0;                                                                           \
      many = n - k < BLOCK ? n - k : BLOCK;                                                        \
      for (int64_t i = k; i < k + many; i++) signs |= position[i];                                 \
      if (signs >= 0 && many == BLOCK)                                                             \
        pick_block_##bytes(out + k, in, position + k, first);                                      \
      else                                                                                         \
        for (int64_t i = k; i < k + many; i++)                                                     \
          out[i] = in[position[i] + (position[i] < 0 ? size : -(int64_t)first)];                   \
    }                                                                                              \
  }
PICK(1, uint8_t)
PICK(2, uint16_t)
PICK(4, uint32_t)
PICK(8, uint64_t)

/* -- The table --------------------------------------------------------------------------------- */

extern const mah_pieces_table MAH_VARIANT(mah_pieces);
const mah_pieces_table MAH_VARIANT(mah_pieces) = {
    .copy = copy,
    .join = join,
    .turn = {turn_32, turn_64, turn_32, turn_8, turn_64, turn_8, turn_16, turn_16},
    .inside = inside,
    .pick_1 = pick_1,
    .pick_2 = pick_2,
    .pick_4 = pick_4,
    .pick_8 = pick_8,
};
