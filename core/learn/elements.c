#include "learn/elements.h"

#include "learn/lanes.h"

#if defined(__AVX512F__) && !defined(MAH_DOUBLE)
int64_t mah_elements_find(uint32_t *restrict element, void *restrict value_,
                          const void *restrict x_, int64_t columns) {
  const real *restrict x = x_;
  real *restrict value = value_;
  __m512i place =
      _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32(MAH_CODES));
  int64_t n = 0;
  for (int64_t i = 0; i < columns; i += LANES) {
    int64_t left = columns - i;
    __m512 v = (__m512)(left < LANES ? lanes_load_part(x + i, left) : lanes_load(x + i));
    __mmask16 kept = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    _mm512_storeu_ps(value + n, _mm512_maskz_compress_ps(kept, v));
    _mm512_storeu_si512(element + n, _mm512_maskz_compress_epi32(kept, place));
    place = _mm512_add_epi32(place, _mm512_set1_epi32(LANES * MAH_CODES));
    n += __builtin_popcount(kept);
  }
  return n;
}
#else
int64_t mah_elements_find(uint32_t *restrict element, void *restrict value_,
                          const void *restrict x_, int64_t columns) {
  const real *restrict x = x_;
  real *restrict value = value_;
  int64_t n = 0;
  for (int64_t i = 0; i < columns; i++) {
    element[n] = (uint32_t)i * MAH_CODES;
    value[n] = x[i];
    n += x[i] != 0;
  }
  return n;
}
#endif

void mah_elements_transpose(uint32_t *restrict element, void *restrict value_,
                            uint32_t *restrict place, const mah_sparse_rows *x, int64_t rows,
                            int64_t first_row) {
  const uint32_t *restrict from = x->element;
  const real *restrict values = x->value;
  real *restrict value = value_;
  for (int64_t r = 0; r < rows; r++) {
    uint32_t row = (uint32_t)(first_row + r) * MAH_CODES;
    for (uint32_t e = x->from[r]; e < x->to[r]; e++) {
      uint32_t p = place[from[e] / MAH_CODES]++;
      element[p] = row + from[e] % MAH_CODES;
      if (!x->coded) value[p] = values[e];
    }
  }
}

/* x - x is 0 for numbers, NaN for what is none. */
int mah_elements_finite(const void *x_, int64_t n) {
  const real *x = x_;
  lanes sum = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) sum += lanes_load(x + i) - lanes_load(x + i);
  real rest = 0;
  for (; i < n; i++) rest += x[i] - x[i];
  for (int j = 0; j < LANES; j++) rest += sum[j];
  return rest == 0;
}
