/* search.c - binary searches in step, without a branch, and interpolation.
 *
 * All searches in n numbers take the same steps, so LANES of them go together: what one waits for
 * in memory, the others do not.
 */
#include "tensor/kernels/search.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

enum { LANES = 32 };

#define BEFORE(a, b)    ((a) < (b) || ((a) == (a) && (b) != (b))) /* NaN is behind all numbers */
#define NOT_AFTER(a, b) (!BEFORE(b, a))

#define SEARCH(name, T, goes_before)                                                               \
  static void name(int32_t *restrict place, const void *x_, int64_t m, const void *sorted_,        \
                   int64_t n, int32_t first) {                                                     \
    const T *restrict x = x_, *restrict sorted = sorted_;                                          \
    int32_t base[LANES];                                                                           \
    T key[LANES];                                                                                  \
    for (int64_t done = 0, lanes; done < m; done += lanes) {                                       \
      lanes = m - done < LANES ? m - done : LANES;                                                 \
      for (int k = 0; k < LANES; k++) base[k] = 0, key[k] = x[done + (k < lanes ? k : 0)];         \
      int32_t length = (int32_t)n;                                                                 \
      for (int32_t half; length > 1; length -= half) {                                             \
        half = length / 2;                                                                         \
        for (int k = 0; k < LANES; k++)                                                            \
          base[k] += goes_before(sorted[base[k] + half - 1], key[k]) ? half : 0;                   \
      }                                                                                            \
      for (int k = 0; k < (int)lanes; k++)                                                         \
        place[done + k] = first + base[k] + (n > 0 && goes_before(sorted[base[k]], key[k]));       \
    }                                                                                              \
  }

#define SEARCHES(S, T)                                                                             \
  SEARCH(left_##S, T, BEFORE)                                                                      \
  SEARCH(right_##S, T, NOT_AFTER)
SEARCHES(f32, float)
SEARCHES(f64, double)
SEARCHES(i32, int32_t)
SEARCHES(i64, int64_t)

/* NumPy's formula, from the point on the left; where that is no number, from that on the right. */
static double between(double x, const double *xp, const double *fp) {
  double slope = (fp[1] - fp[0]) / (xp[1] - xp[0]);
  double y = slope * (x - xp[0]) + fp[0];
  if (y == y) return y;
  y = slope * (x - xp[1]) + fp[1];
  return y != y && fp[0] == fp[1] ? fp[0] : y;
}

static void interp(double *restrict out, const double *restrict x, const int32_t *restrict right,
                   int64_t m, const double *restrict xp, const double *restrict fp, int64_t n,
                   const double *ends) {
  for (int64_t i = 0; i < m; i++) {
    int64_t j = right[i] - 1;
    if (x[i] != x[i])
      out[i] = x[i];
    else if (j < 0)
      out[i] = ends[0];
    else if (xp[j] == x[i])
      out[i] = fp[j];
    else
      out[i] = j == n - 1 ? ends[1] : between(x[i], xp + j, fp + j);
  }
}

#define TYPES(name)                                                                                \
  { name##_f32, name##_f64, name##_i32, name##_i64 }

extern const mah_search_table MAH_VARIANT(mah_search_kernels);
const mah_search_table MAH_VARIANT(mah_search_kernels) = {
    .left = TYPES(left),
    .right = TYPES(right),
    .interp = interp,
};
