/* Pictures to another size: against a plain twin, at ragged sizes; constant pictures stay so. */
#include "testing.h"

static double overlap(double a, double b, double c, double d) {
  double w = fmin(b, d) - fmax(a, c);
  return w > 0 ? w : 0;
}

/* The formula of resize.h, over all pixels of a side. */
static double weight(int method, int64_t from, int64_t to, int64_t place, int64_t j) {
  double s = (double)from / (double)to, sum = 0, mine = 0;
  for (int64_t i = 0; i < from; i++) {
    double w = method == MAH_RESIZE_AREA
                   ? overlap((double)i, (double)i + 1, (double)place * s, (double)(place + 1) * s)
                   : fmax(0, 1 - fabs((double)i + 0.5 - ((double)place + 0.5) * s) / fmax(1, s));
    sum += w;
    if (i == j) mine = w;
  }
  return mine / sum;
}

static double twin(const mah_tensor *in, int64_t h, int64_t w, int method, int64_t y, int64_t x,
                   int64_t c) {
  double sum = 0;
  for (int64_t j = 0; j < in->extent[0]; j++)
    for (int64_t i = 0; i < in->extent[1]; i++) {
      int64_t at = j * in->step[0] + i * in->step[1] + c * in->step[2];
      double v = in->elem == MAH_UINT8 ? ((uint8_t *)in->data)[at] : ((float *)in->data)[at];
      sum += weight(method, in->extent[0], h, y, j) * weight(method, in->extent[1], w, x, i) * v;
    }
  return sum;
}

static void compare(const mah_tensor *in, int64_t h, int64_t w, int method) {
  mah_tensor out = {0};
  int64_t channels = in->extent[2];
  assert_ok(mah_resize(&out, in, h, w, method));
  assert_int_equal(out.extent[0], h);
  assert_int_equal(out.extent[1], w);
  for (int64_t i = 0; i < h * w * channels; i++) {
    double expected = twin(in, h, w, method, i / channels / w, i / channels % w, i % channels);
    if (in->elem == MAH_UINT8)
      assert_true(fabs(((uint8_t *)out.data)[i] - expected) <= 0.501);
    else
      assert_close(((float *)out.data)[i], expected, 1e-5);
  }
  mah_tensor_release(&out);
}

static mah_tensor random_picture(int32_t dtype, int64_t h, int64_t w, int64_t channels) {
  mah_tensor t = {0};
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, (uint64_t)(h * 100 + w), 0);
  assert_ok(mah_tensor_new(&t, dtype, 3, (int64_t[]){h, w, channels}));
  for (int64_t i = 0; i < h * w * channels; i++)
    if (dtype == MAH_UINT8)
      ((uint8_t *)t.data)[i] = (uint8_t)mah_rng_below(&rng, 256);
    else
      ((float *)t.data)[i] = (float)mah_rng_double(&rng);
  return t;
}

static void sizes_are_those_of_the_twin(void **state) {
  (void)state;
  static const int64_t sides[] = {1, 2, 7, 8, 17};
  for (int k = 0; k < 5 * 5 * 4; k++) {
    int64_t from = sides[k % 5], to = sides[k / 5 % 5];
    mah_tensor in = random_picture(k / 25 % 2 ? MAH_UINT8 : MAH_FLOAT32, from, 9, 3);
    compare(&in, to, 5, k / 50);
    compare(&in, 4, to, k / 50);
    mah_tensor_release(&in);
  }
}

static void views_are_read_by_their_steps(void **state) {
  (void)state;
  mah_tensor whole = random_picture(MAH_UINT8, 11, 13, 2), part = {0}, turned = {0};
  assert_ok(mah_tensor_narrow(&part, &whole, 1, 3, 8));
  assert_ok(mah_tensor_transpose(&turned, &part, 0, 1));
  compare(&turned, 5, 6, MAH_RESIZE_BILINEAR);
  mah_tensor_release(&turned);
  mah_tensor_release(&part);
  mah_tensor_release(&whole);
}

static void the_same_size_changes_nothing(void **state) {
  (void)state;
  for (int method = 0; method < MAH_RESIZES; method++) {
    mah_tensor in = random_picture(MAH_UINT8, 9, 8, 3), out = {0};
    assert_ok(mah_resize(&out, &in, 9, 8, method));
    assert_memory_equal(out.data, in.data, 9 * 8 * 3);
    mah_tensor_release(&out);
    mah_tensor_release(&in);
  }
}

static void test_refusals(void **state) {
  (void)state;
  mah_tensor in = random_picture(MAH_UINT8, 3, 3, 1), ints = {0}, flat = {0}, out = {0};
  assert_ok(mah_tensor_zeros(&ints, MAH_INT32, 3, (int64_t[]){3, 3, 1}));
  assert_ok(mah_tensor_zeros(&flat, MAH_UINT8, 2, (int64_t[]){3, 3}));
  assert_fails(MAH_ERROR_DTYPE, "got int32", mah_resize(&out, &ints, 2, 2, 0));
  assert_fails(MAH_ERROR_SHAPE, "(H,W,C) is expected", mah_resize(&out, &flat, 2, 2, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "0 x 2", mah_resize(&out, &in, 0, 2, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "1000000 x 1000000", mah_resize(&out, &in, 1000000, 1000000, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "no method 7", mah_resize(&out, &in, 2, 2, 7));
  int64_t before = mah_memory_live();
  for (int n = 1; n <= 9; n++) {
    mah_memory_fail_at(n);
    assert_int_equal(mah_resize(&out, &in, 2, 2, 0), MAH_ERROR_MEMORY);
    assert_int_equal(mah_memory_live(), before);
  }
  mah_memory_fail_at(0);
  mah_tensor_release(&in);
  mah_tensor_release(&ints);
  mah_tensor_release(&flat);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_those_of_the_twin),
      cmocka_unit_test(views_are_read_by_their_steps),
      cmocka_unit_test(the_same_size_changes_nothing),
      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
