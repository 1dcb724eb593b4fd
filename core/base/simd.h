/* simd.h - one portable kernel source, compiled once per instruction set, chosen at run time.
 *
 * What lies in a kernels/ folder is plain C that the build compiles for each instruction set that
 * the target knows (see mah_kernels() in CMakeLists.txt). What it exports is a MAH_VARIANT(name);
 * outside, only tables of functions are looked at, and MAH_PICK(table) is the one for this machine.
 */
#ifndef MAH_SIMD_H
#define MAH_SIMD_H

#include "base/status.h"

typedef int mah_simd;

enum {
  MAH_SIMD_PORTABLE,
  MAH_SIMD_AVX2,   /* AVX2 and FMA */
  MAH_SIMD_AVX512, /* F, BW, DQ, VL */
  MAH_SIMD_COUNT,
};

mah_simd mah_simd_best(void);    /* the widest that this machine and this build have */
mah_simd mah_simd_current(void); /* in use: the best, unless $MAH_SIMD or use() says otherwise */
mah_status mah_simd_use(mah_simd simd); /* fails when it is not to be had; not while kernels run */
const char *mah_simd_name(mah_simd simd); /* "portable", "avx2", "avx512" */

#ifndef MAH_CDEF
#define MAH_PASTE_(a, b) a##b
#define MAH_PASTE(a, b)  MAH_PASTE_(a, b)
/* In a kernel file: the name of this variant's table. MAH_SUFFIX comes from the build. */
#define MAH_VARIANT(table) MAH_PASTE(table, MAH_SUFFIX)

#ifdef MAH_X86
#define MAH_DECLARE_VARIANTS(type, table)                                                          \
  extern const type table##_portable, table##_avx2, table##_avx512
#define MAH_PICK_FOR(simd, table)                                                                  \
  ((simd) == MAH_SIMD_AVX512 ? &table##_avx512                                                     \
   : (simd) == MAH_SIMD_AVX2 ? &table##_avx2                                                       \
                             : &table##_portable)
#else
#define MAH_DECLARE_VARIANTS(type, table) extern const type table##_portable
#define MAH_PICK_FOR(simd, table)         ((void)(simd), &table##_portable)
#endif
#define MAH_PICK(table) MAH_PICK_FOR(mah_simd_current(), table)
#endif
#endif
