/* Fourier transforms against their definition, on every instruction set: lengths with all kinds of
 * factors, one vector and many, along every dimension. */
#include "testing.h"

#include <complex.h>

static int32_t dtype;
static long double cosine[1024], sine[1024]; /* of 2 pi k / n, k < n */

static void make_table(int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    long double angle = 2 * 3.14159265358979323846264338L * (long double)k / n;
    cosine[k] = cosl(angle);
    sine[k] = sinl(angle);
  }
}

/* X[k] = sum_j x[j] exp(sign 2 pi i j k / n), the numbers of x being `step` apart. */
static double complex plain(const mah_tensor *re, const mah_tensor *im_, int64_t at, int64_t step,
                            int64_t n, int64_t k, int sign) {
  long double sr = 0, si = 0;
  for (int64_t j = 0; j < n; j++) {
    long double c = cosine[j * k % n], s = sign * sine[j * k % n];
    long double x = get(re->data, dtype, at + j * step);
    long double y = im_ ? get(im_->data, dtype, at + j * step) : 0;
    sr += x * c - y * s;
    si += x * s + y * c;
  }
  return (double)sr + I * (double)si;
}

static double allowed(int64_t n) {
  double size = sqrt((double)n), eps = dtype == MAH_FLOAT32 ? 0x1p-23 : 0x1p-52;
  return 2 * eps * size * (2 + log2((double)n));
}

static void assert_near(double re, double im, double complex expected, int64_t n,
                        const char *what) {
  double error = hypot(re - creal(expected), im - cimag(expected));
  if (!(error <= allowed(n)))
    fail_msg("%s of %lld: %.17g%+.17gi is not %.17g%+.17gi (%g)", what, (long long)n, re, im,
             creal(expected), cimag(expected), error);
}

static mah_tensor random_tensor(mah_rng *rng, const int64_t extent[3]) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, 3, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++)
    set(t.data, dtype, i, 2 * mah_rng_double(rng) - 1);
  return t;
}

/* Some of the elements of each vector; all of short ones. */
static void check_along(mah_rng *rng, const int64_t extent[3], int32_t dim) {
  int64_t n = extent[dim], inner = dim == 2 ? 1 : dim == 1 ? extent[2] : extent[1] * extent[2];
  int64_t lines = extent[0] * extent[1] * extent[2] / n, half = n / 2 + 1;
  mah_tensor x = random_tensor(rng, extent), y = random_tensor(rng, extent);
  mah_tensor fr = {0}, fi = {0}, br = {0}, bi = {0}, rr = {0}, ri = {0}, ar = {0}, ai = {0},
             back = {0};
  assert_ok(mah_fft(&fr, &fi, &x, &y, dim, n, MAH_FFT_FORWARD, 1));
  assert_ok(mah_fft(&br, &bi, &x, &y, dim, n, MAH_FFT_BACKWARD, 1));
  assert_ok(mah_rfft(&rr, &ri, &x, dim, n, 1));
  assert_ok(mah_fft(&ar, &ai, &x, NULL, dim, n, MAH_FFT_BACKWARD, 1));
  assert_ok(mah_irfft(&back, &rr, &ri, dim, n, 1.0 / (double)n));
  for (int64_t line = 0; line < lines; line += 1 + lines / 5)
    for (int64_t k = 0; k < n; k += 1 + n / 40) {
      int64_t at = line / inner * n * inner + line % inner, here = at + k * inner;
      int64_t there = line / inner * half * inner + line % inner + k * inner;
      assert_near(get(fr.data, dtype, here), get(fi.data, dtype, here),
                  plain(&x, &y, at, inner, n, k, -1), n, "fft");
      assert_near(get(br.data, dtype, here), get(bi.data, dtype, here),
                  plain(&x, &y, at, inner, n, k, 1), n, "ifft");
      assert_near(get(ar.data, dtype, here), get(ai.data, dtype, here),
                  plain(&x, NULL, at, inner, n, k, 1), n, "ifft of real numbers");
      if (k < half)
        assert_near(get(rr.data, dtype, there), get(ri.data, dtype, there),
                    plain(&x, NULL, at, inner, n, k, -1), n, "rfft");
      assert_near(get(back.data, dtype, here), 0, get(x.data, dtype, here), n, "irfft");
    }
  mah_tensor *all[] = {&x, &y, &fr, &fi, &br, &bi, &rr, &ri, &ar, &ai, &back};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

static void transforms_equal_their_definition(void **state) {
  static const int64_t length[] = {1,   2,   3,   4,   5,   6,   7,   8,   9,   10,   11,  12,  13,
                                   14,  15,  16,  17,  31,  32,  34,  37,  63,  64,   74,  105, 128,
                                   129, 143, 160, 250, 256, 289, 403, 512, 640, 1001, 1024};
  (void)state;
  mah_rng rng = rng_of(1);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
        int64_t n = length[i];
        make_table(n);
        check_along(&rng, (int64_t[]){1, 1, n}, 2);
        check_along(&rng, (int64_t[]){3, 9, n}, 2);
        check_along(&rng, (int64_t[]){2, n, 19}, 1);
        check_along(&rng, (int64_t[]){n, 3, 2}, 0);
      }
  }
}

/* A wave has one frequency: long lengths, of which only the sum is quick to check. */
static void long_waves_have_one_frequency(void **state) {
  static const int64_t length[] = {4096, 10007, 30030, 65536, 100000, 177147};
  (void)state;
  for (dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
    for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
      int64_t n = length[i], extent[] = {1, 1, n};
      mah_tensor x = {0}, y = {0}, re = {0}, im = {0};
      assert_ok(mah_tensor_new(&x, dtype, 3, extent));
      assert_ok(mah_tensor_new(&y, dtype, 3, extent));
      for (int64_t j = 0; j < n; j++) {
        double angle = 2 * 3.14159265358979323846 * (double)(j * 1234 % n) / (double)n;
        set(x.data, dtype, j, cos(angle));
        set(y.data, dtype, j, sin(angle));
      }
      assert_ok(mah_fft(&re, &im, &x, &y, 2, n, MAH_FFT_FORWARD, 1 / (double)n));
      double most = 0;
      for (int64_t k = 0; k < n; k++)
        most = fmax(most, hypot(get(re.data, dtype, k) - (k == 1234), get(im.data, dtype, k)));
      assert_true(most < (dtype == MAH_FLOAT32 ? 3e-7 : 6e-16));
      mah_tensor_release(&x);
      mah_tensor_release(&y);
      mah_tensor_release(&re);
      mah_tensor_release(&im);
    }
}

static void wrong_arguments_are_told(void **state) {
  (void)state;
  mah_tensor x = {0}, y = {0}, re = {0}, im = {0};
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 1, (int64_t[]){40}));
  assert_ok(mah_tensor_zeros(&y, MAH_FLOAT32, 1, (int64_t[]){41}));
  assert_fails(MAH_ERROR_SHAPE, "differ", mah_fft(&re, &im, &x, &y, 0, 4, 0, 1));
  assert_fails(MAH_ERROR_SHAPE, "no dimension 2", mah_rfft(&re, &im, &x, 1, 4, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "0 elements", mah_irfft(&re, &x, NULL, 0, 0, 1));
  int64_t live = mah_memory_live();
  for (int64_t n = 1; n <= 3; n++) {
    mah_memory_fail_at(n);
    assert_int_equal(MAH_ERROR_MEMORY, mah_fft(&re, &im, &x, &x, 0, 40, 0, 1));
    assert_int_equal(live, mah_memory_live());
  }
  mah_memory_fail_at(0);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

/* More lengths than are kept: their plans come and go. */
static void plans_come_and_go(void **state) {
  (void)state;
  int64_t live = mah_memory_live();
  for (int round = 0; round < 2; round++)
    for (int64_t n = 1; n < 90; n++) {
      mah_tensor x = {0}, re = {0}, im = {0};
      assert_ok(mah_tensor_zeros(&x, MAH_FLOAT64, 1, &n));
      assert_ok(mah_tensor_fill(&x, 1));
      assert_ok(mah_rfft(&re, &im, &x, 0, n, 1));
      assert_close(((double *)re.data)[0], (double)n, 1e-14);
      mah_tensor_release(&x);
      mah_tensor_release(&re);
      mah_tensor_release(&im);
    }
  assert_int_equal(live, mah_memory_live());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(transforms_equal_their_definition),
      cmocka_unit_test(long_waves_have_one_frequency),
      cmocka_unit_test(wrong_arguments_are_told),
      cmocka_unit_test(plans_come_and_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
