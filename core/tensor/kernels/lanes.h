/* lanes.h - a few reals side by side, as wide as the instruction set's registers. Arithmetic on
 * them is plain C: x * y + z works lane by lane, and becomes one fused instruction where there is
 * one.
 */
#ifndef MAH_KERNELS_LANES_H
#define MAH_KERNELS_LANES_H

#include "tensor/kernels/real.h"

#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { LANE_BYTES = 64 };
#elif defined(__AVX2__)
enum { LANE_BYTES = 32 };
#else
enum { LANE_BYTES = 16 };
#endif
enum { LANES = LANE_BYTES / sizeof(real) };

typedef real lanes __attribute__((vector_size(LANE_BYTES)));

#define MAH_INLINE static inline __attribute__((always_inline))

MAH_INLINE lanes lanes_of(real x) { return x - (lanes){0}; }

MAH_INLINE lanes lanes_load(const real *p) {
  lanes v;
  memcpy(&v, p, sizeof v);
  return v;
}

MAH_INLINE void lanes_store(real *p, lanes v) { memcpy(p, &v, sizeof v); }

/* v in a register: without this the compiler would rather load it again at each use. */
MAH_INLINE lanes lanes_keep(lanes v) {
#if defined(__AVX512F__)
  __asm__("" : "+v"(v));
#elif defined(__x86_64__)
  __asm__("" : "+x"(v));
#elif defined(__aarch64__)
  __asm__("" : "+w"(v));
#endif
  return v;
}

/* What a comparison of lanes gives: all bits set where it is true. */
typedef __typeof__((lanes){0} > (lanes){0}) lane_mask;

/* v where x > 0, and 0 elsewhere */
MAH_INLINE lanes lanes_where_positive(lanes v, lanes x) {
  return (lanes)((lane_mask)v & (x > (lanes){0}));
}

/* a where the mask is set, and b elsewhere */
MAH_INLINE lanes lanes_choose(lane_mask mask, lanes a, lanes b) {
  return (lanes)((mask & (lane_mask)a) | (~mask & (lane_mask)b));
}

/* 1, -1 or 0; NaN stays */
MAH_INLINE lanes lanes_sign(lanes v) {
  const lanes zero = {0};
  return lanes_choose(v > zero, lanes_of(1), lanes_choose(v < zero, lanes_of(-1), v));
}

/* max(v, 0); NaN stays */
MAH_INLINE lanes lanes_relu(lanes v) { return (lanes)((lane_mask)v & ~(v < (lanes){0})); }

/* -- The first n lanes only, 0 <= n <= LANES; nothing beyond p[n - 1] is touched -----------------
 *
 * Loads give 0 in the other lanes. AVX2 has a masked store, but on some machines a slow one.
 */
#if defined(__AVX512F__) && defined(MAH_DOUBLE)
MAH_INLINE lanes lanes_load_part(const real *p, int64_t n) {
  return (lanes)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1), p);
}
MAH_INLINE void lanes_store_part(real *p, lanes v, int64_t n) {
  _mm512_mask_storeu_pd(p, (__mmask8)((1u << n) - 1), (__m512d)v);
}
#elif defined(__AVX512F__)
MAH_INLINE lanes lanes_load_part(const real *p, int64_t n) {
  return (lanes)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
MAH_INLINE void lanes_store_part(real *p, lanes v, int64_t n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}
#elif defined(__AVX2__) && defined(MAH_DOUBLE)
MAH_INLINE __m256i lanes_mask(int64_t n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
MAH_INLINE lanes lanes_load_part(const real *p, int64_t n) {
  return (lanes)_mm256_maskload_pd(p, lanes_mask(n));
}
MAH_INLINE void lanes_store_part(real *p, lanes v, int64_t n) {
  if (n == LANES) {
    lanes_store(p, v);
    return;
  }
  __m128d low = _mm256_castpd256_pd128((__m256d)v);
  if (n & 2) {
    _mm_storeu_pd(p, low);
    low = _mm256_extractf128_pd((__m256d)v, 1);
  }
  if (n & 1) _mm_store_sd(p + (n & 2), low);
}
#elif defined(__AVX2__)
MAH_INLINE __m256i lanes_mask(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
MAH_INLINE lanes lanes_load_part(const real *p, int64_t n) {
  return (lanes)_mm256_maskload_ps(p, lanes_mask(n));
}
MAH_INLINE void lanes_store_part(real *p, lanes v, int64_t n) {
  if (n == LANES) {
    lanes_store(p, v);
    return;
  }
  __m128 low = _mm256_castps256_ps128((__m256)v);
  if (n & 4) {
    _mm_storeu_ps(p, low);
    low = _mm256_extractf128_ps((__m256)v, 1);
  }
  if (n & 2) {
    _mm_storel_pi((__m64 *)(void *)(p + (n & 4)), low);
    low = _mm_movehl_ps(low, low);
  }
  if (n & 1) _mm_store_ss(p + (n & 6), low);
}
#else
MAH_INLINE lanes lanes_load_part(const real *p, int64_t n) {
  if (n == LANES) return lanes_load(p);
  lanes v = {0};
  for (int i = 0; i < LANES; i++)
    if (i < n) v[i] = p[i];
  return v;
}
MAH_INLINE void lanes_store_part(real *p, lanes v, int64_t n) {
  if (n == LANES) {
    lanes_store(p, v);
    return;
  }
  for (int i = 0; i < LANES; i++)
    if (i < n) p[i] = v[i];
}
#endif

/* The same where n may well be LANES: whole lanes are told from parts, which are slow. */
MAH_INLINE lanes lanes_load_some(const real *p, int64_t n) {
  return n == LANES ? lanes_load(p) : lanes_load_part(p, n);
}

MAH_INLINE void lanes_store_some(real *p, lanes v, int64_t n) {
  if (n == LANES)
    lanes_store(p, v);
  else
    lanes_store_part(p, v, n);
}

/* -- A row's lanes: `width` of them, of which the last one has `tail` columns --------------------
 * The v-th.
 */
MAH_INLINE lanes lanes_load_column(const real *row, int64_t v, int64_t width, int64_t tail) {
  return lanes_load_some(row + v * LANES, v < width - 1 ? LANES : tail);
}

MAH_INLINE void lanes_store_column(real *row, lanes x, int64_t v, int64_t width, int64_t tail) {
  lanes_store_some(row + v * LANES, x, v < width - 1 ? LANES : tail);
}

/* -- Turning ----------------------------------------------------------------------------------- */

/* low, high = a[0] b[0] a[1] b[1] ... */
#if defined(__AVX512F__) && defined(MAH_DOUBLE)
MAH_INLINE void lanes_interleave(lanes *low, lanes *high, lanes a, lanes b) {
  const __m512i l = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i h = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  *low = (lanes)_mm512_permutex2var_pd((__m512d)a, l, (__m512d)b);
  *high = (lanes)_mm512_permutex2var_pd((__m512d)a, h, (__m512d)b);
}
#elif defined(__AVX512F__)
MAH_INLINE void lanes_interleave(lanes *low, lanes *high, lanes a, lanes b) {
  const __m512i l = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i h = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  *low = (lanes)_mm512_permutex2var_ps((__m512)a, l, (__m512)b);
  *high = (lanes)_mm512_permutex2var_ps((__m512)a, h, (__m512)b);
}
#elif defined(__AVX2__) && defined(MAH_DOUBLE)
MAH_INLINE void lanes_interleave(lanes *low, lanes *high, lanes a, lanes b) {
  __m256d even = _mm256_unpacklo_pd((__m256d)a, (__m256d)b);
  __m256d odd = _mm256_unpackhi_pd((__m256d)a, (__m256d)b);
  *low = (lanes)_mm256_permute2f128_pd(even, odd, 0x20);
  *high = (lanes)_mm256_permute2f128_pd(even, odd, 0x31);
}
#elif defined(__AVX2__)
MAH_INLINE void lanes_interleave(lanes *low, lanes *high, lanes a, lanes b) {
  __m256 even = _mm256_unpacklo_ps((__m256)a, (__m256)b);
  __m256 odd = _mm256_unpackhi_ps((__m256)a, (__m256)b);
  *low = (lanes)_mm256_permute2f128_ps(even, odd, 0x20);
  *high = (lanes)_mm256_permute2f128_ps(even, odd, 0x31);
}
#else
MAH_INLINE void lanes_interleave(lanes *low, lanes *high, lanes a, lanes b) {
  lanes l = {0}, h = {0};
  for (int i = 0; i < LANES / 2; i++) {
    l[2 * i] = a[i];
    l[2 * i + 1] = b[i];
    h[2 * i] = a[i + LANES / 2];
    h[2 * i + 1] = b[i + LANES / 2];
  }
  *low = l;
  *high = h;
}
#endif

/* to[c,r] = from[r,c] for r < width and c < columns, both at most LANES; 0 where r >= rows. Rows of
 * to and from lie so far apart. Each round moves the first bit of the row's number to the end of
 * the column's, and the first bit of that to the end of the row's, until they have changed places.
 */
MAH_INLINE void lanes_transpose(real *to, int64_t to_row, const real *from, int64_t from_row,
                                int64_t rows, int64_t width, int64_t columns) {
  lanes x[LANES], y[LANES];
#pragma GCC unroll 16
  for (int r = 0; r < LANES; r++)
    x[r] = r < rows ? lanes_load_column(from + r * from_row, 0, 1, columns) : (lanes){0};
#pragma GCC unroll 4
  for (int round = 1; round < LANES; round *= 2) {
#pragma GCC unroll 8
    for (int r = 0; r < LANES / 2; r++)
      lanes_interleave(&y[2 * r], &y[2 * r + 1], x[r], x[r + LANES / 2]);
#pragma GCC unroll 16
    for (int r = 0; r < LANES; r++) x[r] = y[r];
  }
#pragma GCC unroll 16
  for (int c = 0; c < LANES; c++)
    if (c < columns) lanes_store_column(to + c * to_row, x[c], 0, 1, width);
}
#endif
