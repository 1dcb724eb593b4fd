#include "learn/kernels/fused.h"

#include "tensor/vector_math.h"

/* A vector is dealt out to so many accumulators, which the compiler keeps in vector registers. */
enum { ACCUMULATORS = 32 };

static double total(const double *acc) {
  double sum[ACCUMULATORS / 2];
  for (int k = 0; k < ACCUMULATORS / 2; k++) sum[k] = acc[k] + acc[k + ACCUMULATORS / 2];
  for (int half = ACCUMULATORS / 4; half > 0; half /= 2)
    for (int k = 0; k < half; k++) sum[k] += sum[k + half];
  return sum[0];
}

/* out = a x + b y */
static void combine(real *out, real a, const real *x, real b, const real *y, int64_t n) {
  MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = a * x[i] + b * y[i];
}

/* out = a x + b y;  sum_i out[i] z[i] */
double mah_fused_combine(void *out_, double a_, const void *x_, double b_, const void *y_,
                         const void *z_, int64_t n) {
  real *out = out_, a = (real)a_, b = (real)b_;
  const real *x = x_, *y = y_, *z = z_;
  if (z == NULL) {
    combine(out, a, x, b, y, n);
    return 0;
  }
  double acc[ACCUMULATORS] = {0};
  int64_t i = 0;
  for (; i + ACCUMULATORS <= n; i += ACCUMULATORS) {
    MAH_INDEPENDENT for (int k = 0; k < ACCUMULATORS; k++) {
      real value = a * x[i + k] + b * y[i + k];
      out[i + k] = value;
      acc[k] += (double)value * (double)z[i + k];
    }
  }
  combine(out + i, a, x + i, b, y + i, n - i);
  for (int k = 0; i < n; i++, k++) acc[k] += (double)out[i] * (double)z[i];
  return total(acc);
}

/* sum_i x[i] y[i];  max_i |x[i]| */
void mah_fused_dot_and_max(double *dot, double *largest, const void *x_, const void *y_,
                           int64_t n) {
  const real *x = x_, *y = y_;
  double acc[ACCUMULATORS] = {0};
  real top[ACCUMULATORS] = {0};
  int64_t i = 0;
  for (; i + ACCUMULATORS <= n; i += ACCUMULATORS) {
    MAH_INDEPENDENT for (int k = 0; k < ACCUMULATORS; k++) {
      real size = x[i + k] < 0 ? -x[i + k] : x[i + k];
      acc[k] += (double)x[i + k] * (double)y[i + k];
      top[k] = size > top[k] ? size : top[k];
    }
  }
  for (int k = 0; i < n; i++, k++) {
    real size = x[i] < 0 ? -x[i] : x[i];
    acc[k] += (double)x[i] * (double)y[i];
    top[k] = size > top[k] ? size : top[k];
  }
  *dot = total(acc);
  *largest = 0;
  for (int k = 0; k < ACCUMULATORS; k++)
    *largest = (double)top[k] > *largest ? (double)top[k] : *largest;
}

/* s = new_w - w;  w = new_w;  y = new_g - g;  g = new_g;  sum_i s[i] y[i];  sum_i y[i]^2 */
void mah_fused_advance(double *sy, double *yy, const mah_secant *secant) {
  real *restrict w = secant->w, *restrict g = secant->g, *restrict s = secant->s;
  real *restrict y = secant->y;
  const real *restrict new_w = secant->new_w, *restrict new_g = secant->new_g;
  double products[ACCUMULATORS] = {0}, squares[ACCUMULATORS] = {0};
  for (int64_t first = 0, n = secant->n; first < n; first += ACCUMULATORS) {
    int count = (int)(n - first < ACCUMULATORS ? n - first : ACCUMULATORS);
    MAH_INDEPENDENT for (int k = 0; k < count; k++) {
      int64_t i = first + k;
      s[i] = new_w[i] - w[i];
      y[i] = new_g[i] - g[i];
      w[i] = new_w[i];
      g[i] = new_g[i];
      products[k] += (double)s[i] * (double)y[i];
      squares[k] += (double)y[i] * (double)y[i];
    }
  }
  *sy = total(products);
  *yy = total(squares);
}
