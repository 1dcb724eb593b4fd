/* The activations against C's own functions: both number types, every instruction set of this
 * machine, ragged sizes; and at the ends of the number line.
 */
#include "learn/variants.h"

static double plain(int32_t activation, double z) {
  switch (activation) {
  case MAH_RELU: return z > 0 ? z : 0;
  case MAH_LOGISTIC: return 1 / (1 + exp(-z));
  case MAH_TANH: return tanh(z);
  case MAH_LEAKY_RELU: return z > 0 ? z : 0.01 * z;
  case MAH_ELU: return z > 0 ? z : expm1(z);
  case MAH_SOFTPLUS: return z > 30 ? z : log1p(exp(z));
  case MAH_GELU: return z * erfc(-z / sqrt(2)) / 2;
  case MAH_SILU: return z / (1 + exp(-z));
  case MAH_IDENTITY: return z;
  default: fail_msg("activation %s has no plain twin", mah_activation_name(activation));
  }
  return NAN;
}

static double plain_derivative(int32_t activation, double z) {
  double y = plain(activation, z), s = 1 / (1 + exp(-z));
  switch (activation) {
  case MAH_RELU: return z > 0;
  case MAH_LOGISTIC: return y * (1 - y);
  case MAH_TANH: return 1 - y * y;
  case MAH_LEAKY_RELU: return z > 0 ? 1 : 0.01;
  case MAH_ELU: return z > 0 ? 1 : exp(z);
  case MAH_SOFTPLUS: return s;
  case MAH_GELU:
    return erfc(-z / sqrt(2)) / 2 + z * exp(-z * z / 2) / sqrt(2 * 3.14159265358979323846);
  case MAH_SILU: return s + z * s * (1 - s);
  case MAH_IDENTITY: return 1;
  default: fail_msg("activation %s has no plain derivative", mah_activation_name(activation));
  }
  return NAN;
}

static void check_activation(variant *f, int32_t activation, int64_t n, double scale) {
  void *Y = random_reals(&f->rng, f->dtype, n);
  for (int64_t i = 0; i < n; i++) set(Y, f->dtype, i, scale * get(Y, f->dtype, i));
  void *Z = copy_reals(Y, f->dtype, n), *dZ = random_reals(&f->rng, f->dtype, n);
  void *dY = copy_reals(dZ, f->dtype, n), *kept = copy_reals(Y, f->dtype, n);
  f->kernels->activate(activation, Y, kept, n);
  f->kernels->activate_backward(activation, dZ, Y, kept, n);
  for (int64_t i = 0; i < n; i++) {
    double z = get(Z, f->dtype, i);
    assert_close(get(Y, f->dtype, i), plain(activation, z), tolerance_of(f->dtype));
    assert_close(get(dZ, f->dtype, i), get(dY, f->dtype, i) * plain_derivative(activation, z),
                 tolerance_of(f->dtype));
  }
  void *blocks[] = {Y, Z, dZ, dY, kept};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_sizes(variant *f) {
  for (int32_t activation = 0; activation < MAH_ACTIVATION_COUNT; activation++) {
    for (int n = 0; n < RAGGED; n++) check_activation(f, activation, ragged[n], 9);
    check_activation(f, activation, 10000, 3);
    check_activation(f, activation, 6000, 60);
  }
}

static void each_equals_a_plain_loop(void **state) {
  (void)state;
  for_each_variant(check_sizes);
}

/* Far out nothing overflows; NaN stays; at 0 the derivative of relu is 0. */
static void check_ends_of(variant *f, int32_t activation) {
  const double ends[] = {-1e4, 1e4, 0, NAN};
  void *y = mah_alloc(4, 8), *z = mah_alloc(4, 8), *dz = mah_alloc(4, 8);
  for (int i = 0; i < 4; i++) {
    set(y, f->dtype, i, ends[i]);
    set(dz, f->dtype, i, 1);
  }
  f->kernels->activate(activation, y, z, 4);
  f->kernels->activate_backward(activation, dz, y, z, 4);
  for (int i = 0; i < 3; i++) {
    assert_close(get(y, f->dtype, i), plain(activation, ends[i]), tolerance_of(f->dtype));
    if (i < 2 || activation != MAH_ELU) /* whose derivative at 0 is 1 from both sides */
      assert_close(get(dz, f->dtype, i), plain_derivative(activation, ends[i]),
                   tolerance_of(f->dtype));
  }
  assert_true(isnan(get(y, f->dtype, 3)));
  void *blocks[] = {y, z, dz};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_ends(variant *f) {
  for (int32_t activation = 0; activation < MAH_ACTIVATION_COUNT; activation++)
    check_ends_of(f, activation);
}

static void far_out_nothing_overflows_and_nan_stays(void **state) {
  (void)state;
  for_each_variant(check_ends);
}

/* GELU's tail does not lose its figures: compared by the quotient, out to where float ends. */
static void the_tail_of_gelu_keeps_its_figures(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (double z = -0.25; z > -12; z -= 0.25) {
        char y[8], kept[8];
        set(y, dtype, 0, z);
        mah_learn_for(dtype, simd)->activate(MAH_GELU, y, kept, 1);
        double expected = plain(MAH_GELU, z);
        assert_close(get(y, dtype, 0) / expected, 1, dtype == MAH_FLOAT32 ? 1e-5 : 3e-14);
      }
}

static void a_custom_one_keeps_z_and_leaves_y(void **state) {
  (void)state;
  double y[] = {-1, 2}, z[2];
  mah_learn(MAH_FLOAT64)->activate(MAH_CUSTOM, y, z, 2);
  assert_true(y[0] == -1 && y[1] == 2 && z[0] == -1 && z[1] == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_equals_a_plain_loop),
      cmocka_unit_test(far_out_nothing_overflows_and_nan_stays),
      cmocka_unit_test(the_tail_of_gelu_keeps_its_figures),
      cmocka_unit_test(a_custom_one_keeps_z_and_leaves_y),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
