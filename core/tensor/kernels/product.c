/* product.c - small matrix products, and products of all pairs. */
#include "tensor/kernels/product.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

enum { WIDE = 16, NARROW = 4 }; /* columns that are computed together */

/* `columns` of c's row, from j on: the compiler keeps them in registers. */
#define COLUMNS(T, columns)                                                                        \
  for (; j + (columns) <= p->n; j += (columns)) {                                                  \
    T sum[columns] = {0};                                                                          \
    for (int64_t l = 0; l < p->k; l++)                                                             \
      for (int q = 0; q < (columns); q++) sum[q] += a[l * p->a_along] * b[l * p->b_step + j + q];  \
    for (int q = 0; q < (columns); q++) c[j + q] = sum[q];                                         \
  }

#define MATMUL(S, T)                                                                               \
  static void matmul_##S(const mah_small_product *p) {                                             \
    const T *restrict b = p->b;                                                                    \
    for (int64_t i = 0; i < p->m; i++) {                                                           \
      const T *restrict a = (const T *)p->a + i * p->a_step;                                       \
      T *restrict c = (T *)p->c + i * p->c_step;                                                   \
      int64_t j = 0;                                                                               \
      COLUMNS(T, WIDE)                                                                             \
      COLUMNS(T, NARROW)                                                                           \
      COLUMNS(T, 1)                                                                                \
    }                                                                                              \
  }
MATMUL(f32, float)
MATMUL(f64, double)

enum { LANES = 8 };

/* The last columns are written twice where they do not fill a vector. */
#define OUTER(S, T)                                                                                \
  static void outer_##S(void *to, const void *a_, int64_t m, const void *b_, int64_t n) {          \
    T *restrict out = to;                                                                          \
    const T *restrict a = a_, *restrict b = b_;                                                    \
    for (int64_t i = 0; i < m; i++, out += n) {                                                    \
      int64_t j = 0;                                                                               \
      T x = a[i];                                                                                  \
      if (n < LANES) {                                                                             \
        for (; j < n; j++) out[j] = x * b[j];                                                      \
        continue;                                                                                  \
      }                                                                                            \
      for (; j + LANES <= n; j += LANES)                                                           \
        for (int q = 0; q < LANES; q++) out[j + q] = x * b[j + q];                                 \
      j = n - LANES;                                                                               \
      for (int q = 0; q < LANES; q++) out[j + q] = x * b[j + q];                                   \
    }                                                                                              \
  }
OUTER(f32, float)
OUTER(f64, double)

extern const mah_product_table MAH_VARIANT(mah_product_kernels);
const mah_product_table MAH_VARIANT(mah_product_kernels) = {
    .matmul = {matmul_f32, matmul_f64},
    .outer = {outer_f32, outer_f64},
};
