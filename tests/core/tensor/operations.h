/* operations.h - what every operation that makes tensors must stand: memory that runs out anywhere,
 * and tensors that are not there. Used by the tests of sort, count, index and linalg.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "testing.h"

#include "tensor/fill.h"

static inline mah_tensor make(int32_t dtype, int64_t m, int64_t n) {
  mah_tensor t = {0};
  mah_rng rng = rng_of((uint64_t)(7 * m + n));
  assert_ok(mah_tensor_new(&t, dtype, 2, (int64_t[]){m, n}));
  assert_ok(mah_fill_integers(&t, &rng, 0, 20)); /* with ties */
  return t;
}

typedef mah_status operation(mah_tensor out[4], mah_tensor *x);

/* The n-th allocation fails, for every n until none does. x: 7 x 7, regular */
static inline void check_without_memory(operation *run) {
  mah_tensor x = make(MAH_FLOAT64, 7, 7);
  int failures = 0;
  for (int64_t i = 0; i < 7; i++) ((double *)x.data)[8 * i] += 50;
  int64_t before = mah_memory_live();
  for (int n = 1; n < 100; n++) {
    mah_tensor out[4] = {{0}};
    mah_memory_fail_at(n);
    mah_status status = run(out, &x);
    mah_memory_fail_at(0);
    for (int o = 0; o < 4; o++) {
      if (status != MAH_OK) assert_null(out[o].store);
      mah_tensor_release(&out[o]);
    }
    assert_int_equal(mah_memory_live(), before);
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
    failures++;
  }
  assert_in_range(failures, 1, 98);
  mah_tensor_release(&x);
}

/* Tensors that are not there, or were released. */
static inline void check_missing(operation *run) {
  mah_tensor out[4] = {{0}}, released = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "got none", run(out, NULL));
  assert_fails(MAH_ERROR_ARGUMENT, "has been freed", run(out, &released));
}

/* Both, for each of a list that ends with NULL. */
static inline void check_all_without_memory(operation *const *list) {
  for (; *list != NULL; list++) check_without_memory(*list);
}
static inline void check_all_missing(operation *const *list) {
  for (; *list != NULL; list++) check_missing(*list);
}

#endif
