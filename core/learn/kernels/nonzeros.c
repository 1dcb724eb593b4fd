#include "learn/kernels/nonzeros.h"

#include "tensor/kernels/lanes.h"

/* -- Of a row ---------------------------------------------------------------------------------- */

/* From pair j on, one by one. */
static int64_t find_rest(uint32_t *restrict element, real *restrict value, const real *restrict x,
                         int64_t j, int64_t n) {
  int64_t found = 0;
  for (; j < (n + 1) / 2; j++) {
    real a = x[2 * j], b = 2 * j + 1 < n ? x[2 * j + 1] : 0;
    element[found] = (uint32_t)j;
    value[2 * found] = a;
    value[2 * found + 1] = b;
    found += (a != 0) | (b != 0);
  }
  return found;
}

#if defined(__AVX512F__) && !defined(MAH_DOUBLE)
/* Eight pairs at a time: the ones that stay are moved side by side. */
int64_t mah_nonzeros_find(uint32_t *element, void *value_, const void *x_, int64_t n) {
  const real *x = x_;
  real *value = value_;
  int64_t found = 0, j = 0;
  for (; 2 * j + 16 <= n; j += 8) {
    __m512 pairs = _mm512_loadu_ps(x + 2 * j);
    __mmask16 some = _mm512_cmp_ps_mask(pairs, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    __m512i halves = _mm512_maskz_set1_epi32(some, -1);
    __mmask8 stay = _mm512_test_epi64_mask(halves, halves);
    __m256i numbers =
        _mm256_add_epi32(_mm256_set1_epi32((int)j), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_storeu_si256((__m256i *)(element + found), _mm256_maskz_compress_epi32(stay, numbers));
    _mm512_storeu_pd(value + 2 * found, _mm512_maskz_compress_pd(stay, (__m512d)pairs));
    found += __builtin_popcount(stay);
  }
  return found + find_rest(element + found, value + 2 * found, x, j, n);
}
#elif defined(__AVX2__) && !defined(MAH_DOUBLE)
/* packing[mask]: the pairs, of four, whose bits are set come first; the places of their halves. */
#define PLACE(m, i)                                                                                \
  ((m) >> (i)&1 ? (uint64_t)(2 * (i) | (2 * (i) + 1) << 8) << 16 * BELOW(m, i) : 0)
#define BELOW(m, i) __builtin_popcount((m) & ((1u << (i)) - 1))
#define ROW(m)      (PLACE(m, 0) | PLACE(m, 1) | PLACE(m, 2) | PLACE(m, 3))
#define ROWS_4(m)   ROW(m), ROW((m) + 1), ROW((m) + 2), ROW((m) + 3)
static const uint64_t packing[16] = {ROWS_4(0u), ROWS_4(4u), ROWS_4(8u), ROWS_4(12u)};

/* Four pairs at a time: the ones that stay are moved side by side. */
int64_t mah_nonzeros_find(uint32_t *element, void *value_, const void *x_, int64_t n) {
  const real *x = x_;
  real *value = value_;
  int64_t found = 0, j = 0;
  for (; 2 * j + 8 <= n; j += 4) {
    __m256 pairs = _mm256_loadu_ps(x + 2 * j);
    __m256i some = (__m256i)_mm256_cmp_ps(pairs, _mm256_setzero_ps(), _CMP_NEQ_UQ);
    uint32_t none =
        (uint32_t)_mm256_movemask_pd((__m256d)_mm256_cmpeq_epi64(some, _mm256_setzero_si256()));
    __m256i places = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)packing[none ^ 15]));
    __m256i numbers = _mm256_add_epi32(_mm256_set1_epi32((int)j), _mm256_srli_epi32(places, 1));
    _mm_storeu_si128((__m128i *)(element + found),
                     (__m128i)_mm256_castps256_ps128((__m256)_mm256_permutevar8x32_epi32(
                         numbers, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6))));
    _mm256_storeu_ps(value + 2 * found, _mm256_permutevar8x32_ps(pairs, places));
    found += __builtin_popcount(none ^ 15);
  }
  return found + find_rest(element + found, value + 2 * found, x, j, n);
}
#else
int64_t mah_nonzeros_find(uint32_t *element, void *value, const void *x, int64_t n) {
  return find_rest(element, value, x, 0, n);
}
#endif

/* -- By columns -------------------------------------------------------------------------------- */

void mah_nonzeros_transpose(uint32_t *restrict element, void *restrict value_,
                            uint32_t *restrict place, const mah_sparse_row *row, int32_t has_codes,
                            uint32_t number) {
  const uint32_t *restrict from = row->element;
  const real *restrict pair = row->value;
  real *restrict value = value_;
  int64_t n = row->count;
  for (int64_t e = 0; has_codes && e < n; e++)
    element[place[from[e] >> 16]++] = number << 16 | (from[e] & 0xffffu);
  for (int64_t e = 0; !has_codes && e < n; e++) {
    uint32_t p = place[from[e]]++;
    element[p] = number;
    memcpy(value + 2 * (int64_t)p, pair + 2 * e, 2 * sizeof *value);
  }
}
