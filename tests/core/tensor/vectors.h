/* vectors.h - small random tensors for the tests of elementwise operations, and their elements. */
#ifndef VECTORS_H
#define VECTORS_H

#include "testing.h"

static inline double at(const mah_tensor *t, int64_t i) {
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[i];
  case MAH_FLOAT64: return ((double *)t->data)[i];
  case MAH_INT32: return ((int32_t *)t->data)[i];
  case MAH_INT64: return (double)((int64_t *)t->data)[i];
  default: return ((uint8_t *)t->data)[i];
  }
}

/* Small integers and, for floats, quarters; never 0 when `nonzero`. */
static inline mah_tensor random_vector(mah_rng *rng, int32_t dtype, int64_t n, int nonzero) {
  mah_tensor wide = {0}, t = {0};
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    double x = (double)mah_rng_below(rng, 9) - (dtype == MAH_UINT8 ? 0 : 4);
    if (dtype <= MAH_FLOAT64) x += 0.25 * mah_rng_below(rng, 4);
    ((double *)wide.data)[i] = nonzero && x == 0 ? 3 : x;
  }
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  return t;
}

static inline void assert_same(double got, double expected, double tolerance, const char *what) {
  if (isnan(expected) ? isnan(got) : got == expected) return;
  if (!(fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
    fail_msg("%s: %.17g is not %.17g", what, got, expected);
}

static inline double wrapped(double x, int32_t dtype) {
  if (dtype == MAH_UINT8) return (double)(uint8_t)(int64_t)x;
  if (dtype == MAH_INT32) return (double)(int32_t)(uint32_t)(int64_t)x;
  return x;
}

static inline mah_tensor one(int32_t dtype, double value) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, 0, NULL));
  assert_ok(mah_tensor_fill(&t, value));
  return t;
}

#endif
