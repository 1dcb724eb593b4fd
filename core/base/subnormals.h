/* subnormals.h - numbers below the smallest of full precision (1.2e-38 in float, 2.2e-308 in
 * double) taken for 0, as inputs and as results, on the thread at hand:
 *
 *   mah_subnormals before = mah_subnormals_flush();
 *   ...                                              // functions that compute
 *   mah_subnormals_restore(before);
 *
 * Many processors take a hundred times as long for an operation with a subnormal number, and
 * training meets them: what a solver remembers of a gradient that has become 0 decays through them.
 * Elsewhere than on x86 and 64-bit ARM nothing is changed.
 */
#ifndef MAH_BASE_SUBNORMALS_H
#define MAH_BASE_SUBNORMALS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>

typedef uint32_t mah_subnormals;

static inline mah_subnormals mah_subnormals_flush(void) {
  enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x40 };
  uint32_t before = _mm_getcsr();
  _mm_setcsr(before | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
  return before;
}

static inline void mah_subnormals_restore(mah_subnormals before) { _mm_setcsr(before); }

#elif defined(__aarch64__)

typedef uint64_t mah_subnormals;

static inline void mah_subnormals_restore(mah_subnormals before) {
  __asm__ volatile("msr fpcr, %0" : : "r"(before) : "memory");
}

static inline mah_subnormals mah_subnormals_flush(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  mah_subnormals_restore(before | (uint64_t)1 << 24);
  return before;
}

#else

typedef uint32_t mah_subnormals;

static inline mah_subnormals mah_subnormals_flush(void) { return 0; }
static inline void mah_subnormals_restore(mah_subnormals before) { (void)before; }

#endif
#endif
