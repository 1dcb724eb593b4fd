/* conv1d against its definition, on every instruction set and on ragged sizes. */
#include "testing.h"

static int32_t dtype;

static mah_tensor random_tensor(mah_rng *rng, const int64_t extent[3]) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, 3, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++)
    set(t.data, dtype, i, 2 * mah_rng_double(rng) - 1);
  return t;
}

typedef struct setting {
  int64_t batches, inputs, length, outputs, kernel, stride, padding, dilation, groups;
} setting;

static double plain(const mah_tensor *x, const mah_tensor *w, const setting *s, int64_t b,
                    int64_t o, int64_t t) {
  int64_t per_group = s->inputs / s->groups, first = o / (s->outputs / s->groups) * per_group;
  double sum = 0;
  for (int64_t i = 0; i < per_group; i++)
    for (int64_t k = 0; k < s->kernel; k++) {
      int64_t at = t * s->stride + k * s->dilation - s->padding;
      if (at >= 0 && at < s->length)
        sum += get(w->data, dtype, (o * per_group + i) * s->kernel + k) *
               get(x->data, dtype, (b * s->inputs + first + i) * s->length + at);
    }
  return sum;
}

static void check(mah_rng *rng, const setting *s) {
  mah_tensor x = random_tensor(rng, (int64_t[]){s->batches, s->inputs, s->length});
  mah_tensor w = random_tensor(rng, (int64_t[]){s->outputs, s->inputs / s->groups, s->kernel});
  mah_tensor y = {0};
  assert_ok(mah_conv1d(&y, &x, &w, NULL, s->stride, s->padding, s->dilation, s->groups));
  int64_t results = y.extent[2];
  for (int64_t b = 0; b < s->batches; b++)
    for (int64_t o = 0; o < s->outputs; o++)
      for (int64_t t = 0; t < results; t++)
        assert_close(get(y.data, dtype, (b * s->outputs + o) * results + t),
                     plain(&x, &w, s, b, o, t), tolerance_of(dtype));
  mah_tensor_release(&x);
  mah_tensor_release(&w);
  mah_tensor_release(&y);
}

static void results_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int64_t n = 1; n < 140; n += 7)
        check(&rng, &(setting){1, 2, n, 5, n < 4 ? n : 4, 1, 0, 1, 1});
      for (int64_t stride = 1; stride < 4; stride++)
        for (int64_t dilation = 1; dilation < 4; dilation++)
          check(&rng, &(setting){2, 6, 75, 9, 5, stride, 3, dilation, 3});
      check(&rng, &(setting){3, 4, 9, 4, 2, 20, 30, 1, 4});
    }
  }
}

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  dtype = MAH_FLOAT32;
  mah_tensor x = random_tensor(&rng, (int64_t[]){1, 2, 50});
  mah_tensor w = random_tensor(&rng, (int64_t[]){3, 2, 20}), turned = {0}, y = {0};
  assert_ok(mah_tensor_transpose(&turned, &x, 1, 2));
  int64_t live = mah_memory_live();
  mah_status status = MAH_ERROR_MEMORY;
  for (int64_t n = 1; status != MAH_OK; n++) {
    mah_memory_fail_at(n);
    status = mah_conv1d(&y, &x, &w, NULL, 1, 0, 1, 1);
    mah_memory_fail_at(0);
    mah_tensor_release(&y);
    assert_true(status == MAH_OK || status == MAH_ERROR_MEMORY);
    assert_int_equal(live, mah_memory_live());
    assert_true(n < 20);
  }
  mah_tensor_release(&turned);
  mah_tensor_release(&x);
  mah_tensor_release(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results_equal_a_plain_loop),
      cmocka_unit_test(memory_runs_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
