/* testing.h - what the core's tests share: cmocka, random vectors, comparison with a tolerance, and
 * a walk over every number type and instruction set that this machine has.
 */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mah.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sizes around the vector widths, where residual loops go wrong. */
static const int64_t ragged[] = {0, 1, 7, 8, 9, 17, 33};
enum { RAGGED = sizeof ragged / sizeof *ragged };

enum { NUMBERS = MAH_INT64 + 1 }; /* the dtypes that are computed with are the first ones */

#define assert_ok(call)                                                                            \
  do {                                                                                             \
    mah_status status_ = (call);                                                                   \
    if (status_ != MAH_OK) fail_msg("%s: %s", #call, mah_error_message());                         \
  } while (0)

/* The call fails with this status, and its message holds `words`. */
#define assert_fails(expected, words, call)                                                        \
  do {                                                                                             \
    mah_status status_ = (call);                                                                   \
    if (status_ != (expected)) fail_msg("%s gives status %d, not %d", #call, status_, expected);   \
    if (strstr(mah_error_message(), words) == NULL)                                                \
      fail_msg("%s says \"%s\", without \"%s\"", #call, mah_error_message(), words);               \
  } while (0)

static inline void assert_close(double got, double expected, double tolerance) {
  double scale = fabs(expected) > 1 ? fabs(expected) : 1;
  if (!(fabs(got - expected) <= tolerance * scale))
    fail_msg("%.17g is not %.17g (tolerance %g)", got, expected, tolerance);
}

/* Vectors of reals of either type, read and written as doubles. */
static inline double get(const void *v, int32_t dtype, int64_t i) {
  return dtype == MAH_FLOAT32 ? (double)((const float *)v)[i] : ((const double *)v)[i];
}
static inline void set(void *v, int32_t dtype, int64_t i, double value) {
  if (dtype == MAH_FLOAT32)
    ((float *)v)[i] = (float)value;
  else
    ((double *)v)[i] = value;
}
static inline void *random_reals(mah_rng *rng, int32_t dtype, int64_t n) {
  void *v = mah_alloc(n, (size_t)mah_dtype_size(dtype));
  for (int64_t i = 0; i < n; i++) set(v, dtype, i, 2 * mah_rng_double(rng) - 1);
  return v;
}
static inline void *copy_reals(const void *v, int32_t dtype, int64_t n) {
  void *copy = mah_alloc(n, (size_t)mah_dtype_size(dtype));
  if (n > 0) memcpy(copy, v, (size_t)(n * mah_dtype_size(dtype)));
  return copy;
}
/* Zeros, (rows) or (rows, columns). */
static inline mah_tensor new_tensor(int32_t dtype, int32_t ndim, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, dtype, ndim, (int64_t[]){rows, columns}));
  return t;
}
static inline double tolerance_of(int32_t dtype) { return dtype == MAH_FLOAT32 ? 2e-5 : 1e-13; }

static inline mah_rng rng_of(uint64_t seed) {
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, seed, 0);
  return rng;
}

static inline void free_all(void *const *blocks, size_t count) {
  for (size_t i = 0; i < count; i++) mah_free(blocks[i]);
}
#define FREE(...)                                                                                  \
  free_all((void *[]){__VA_ARGS__}, sizeof((void *[]){__VA_ARGS__}) / sizeof(void *))
#endif
