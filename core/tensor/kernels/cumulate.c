/* cumulate.c - running sums, products and extremes. */
#pragma GCC optimize("no-trapping-math")
#include "tensor/kernels/cumulate.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

/* -- Sums and products ------------------------------------------------------------------------- */

/* Four at a time, for the next four to wait for one operation only. */
#define RUNNING(name, T, A, o)                                                                     \
  static void name(void *to, const void *from, int64_t n, void *total_) {                          \
    T *out = to;                                                                                   \
    const T *in = from;                                                                            \
    A total = *(A *)total_;                                                                        \
    int64_t i = 0;                                                                                 \
    for (; i + 4 <= n; i += 4) {                                                                   \
      A one = (A)in[i], two = one o(A) in[i + 1], pair = (A)in[i + 2] o(A) in[i + 3];              \
      A three = two o(A) in[i + 2], four = two o pair;                                             \
      out[i] = (T)(total o one);                                                                   \
      out[i + 1] = (T)(total o two);                                                               \
      out[i + 2] = (T)(total o three);                                                             \
      total = total o four;                                                                        \
      out[i + 3] = (T)total;                                                                       \
    }                                                                                              \
    for (; i < n; i++) {                                                                           \
      total = total o(A) in[i];                                                                    \
      out[i] = (T)total;                                                                           \
    }                                                                                              \
    *(A *)total_ = total;                                                                          \
  }

#define RUNNING_SIDE(name, T, A, o)                                                                \
  static void name(void *acc_, void *to, const void *from, int64_t n) {                            \
    A *restrict acc = acc_;                                                                        \
    T *restrict out = to;                                                                          \
    const T *restrict in = from;                                                                   \
    MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) {                                              \
      acc[j] = acc[j] o(A) in[j];                                                                  \
      out[j] = (T)acc[j];                                                                          \
    }                                                                                              \
  }

#define RUNNINGS(S, T, A)                                                                          \
  RUNNING(sum_##S, T, A, +)                                                                        \
  RUNNING(product_##S, T, A, *)                                                                    \
  RUNNING_SIDE(sum_side_##S, T, A, +)                                                              \
  RUNNING_SIDE(product_side_##S, T, A, *)
RUNNINGS(f32, float, double)
RUNNINGS(f64, double, double)
RUNNINGS(i64, uint64_t, uint64_t) /* which may overflow */

/* -- Extremes ---------------------------------------------------------------------------------- */

enum { BLOCK = 32 };

/* A block without a better one, as most are in long rows, is filled; others go one by one. */
#define EXTREME(name, T, beats)                                                                    \
  static void name(void *to, int32_t *restrict place, const void *from, int64_t n, void *best_,    \
                   int32_t *at_, int32_t first) {                                                  \
    T *restrict out = to, best = *(T *)best_;                                                      \
    const T *restrict in = from;                                                                   \
    int32_t at = *at_;                                                                             \
    for (int64_t i = 0, m; i < n; i += m) {                                                        \
      int any = 0;                                                                                 \
      m = n - i < BLOCK ? n - i : BLOCK;                                                           \
      if (m == BLOCK) {                                                                            \
        for (int k = 0; k < BLOCK; k++) any |= !(best beats in[i + k]);                            \
        if (!any) { /* none where the best is NaN */                                               \
          for (int k = 0; k < BLOCK; k++) out[i + k] = best;                                       \
          for (int k = 0; k < BLOCK; k++) place[i + k] = at;                                       \
          continue;                                                                                \
        }                                                                                          \
      }                                                                                            \
      for (int64_t k = i; k < i + m; k++) {                                                        \
        T x = in[k];                                                                               \
        if (x != x || !(best beats x || best != best)) best = x, at = first + (int32_t)k;          \
        out[k] = best;                                                                             \
        place[k] = at;                                                                             \
      }                                                                                            \
    }                                                                                              \
    *(T *)best_ = best;                                                                            \
    *at_ = at;                                                                                     \
  }

#define EXTREME_SIDE(name, T, beats)                                                               \
  static void name(void *best_, int32_t *restrict at, const void *from, int64_t n, int32_t i) {    \
    T *restrict best = best_;                                                                      \
    const T *restrict in = from;                                                                   \
    MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) {                                              \
      T x = in[j], b = best[j];                                                                    \
      int better = (x != x) | !((b beats x) | (b != b));                                           \
      best[j] = better ? x : b;                                                                    \
      at[j] = better ? i : at[j];                                                                  \
    }                                                                                              \
  }

#define EXTREMES(S, T)                                                                             \
  EXTREME(largest_##S, T, >)                                                                       \
  EXTREME(smallest_##S, T, <)                                                                      \
  EXTREME_SIDE(largest_side_##S, T, >)                                                             \
  EXTREME_SIDE(smallest_side_##S, T, <)
EXTREMES(f32, float)
EXTREMES(f64, double)
EXTREMES(i32, int32_t)
EXTREMES(i64, int64_t)

#define WORKS(name)                                                                                \
  { name##_f32, name##_f64, name##_i32, name##_i64 }

extern const mah_cumulate_table MAH_VARIANT(mah_cumulate_kernels);
const mah_cumulate_table MAH_VARIANT(mah_cumulate_kernels) = {
    .sum = {sum_f32, sum_f64, 0, sum_i64},
    .product = {product_f32, product_f64, 0, product_i64},
    .sum_side = {sum_side_f32, sum_side_f64, 0, sum_side_i64},
    .product_side = {product_side_f32, product_side_f64, 0, product_side_i64},
    .largest = WORKS(largest),
    .smallest = WORKS(smallest),
    .largest_side = WORKS(largest_side),
    .smallest_side = WORKS(smallest_side),
};
