/* counting.h - tensors whose elements are 0, 1, 2 ..., and what a view of one shows. */
#ifndef COUNTING_H
#define COUNTING_H

#include "testing.h"

static inline mah_tensor make(int32_t ndim, const int64_t *extent) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, MAH_FLOAT32, ndim, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++) ((float *)t.data)[i] = (float)i;
  return t;
}
#define MAKE(...)                                                                                  \
  make((int32_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

/* Row by row, as a text: "0 1 2 3". */
static inline const char *values(const mah_tensor *t) {
  static char text[512];
  mah_tensor flat = {0};
  size_t used = 0;
  text[0] = '\0';
  assert_ok(mah_tensor_to(&flat, t, MAH_FLOAT64));
  for (int64_t i = 0; i < mah_tensor_count(&flat) && used < sizeof text; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, i ? " %g" : "%g",
                             ((double *)flat.data)[i]);
  mah_tensor_release(&flat);
  return text;
}

static inline void assert_values(mah_tensor *view, const char *expected) {
  assert_string_equal(values(view), expected);
  mah_tensor_release(view);
}

#endif
