/* Changed images: against a plain twin of what augment.h says, the elastic field by its statistics;
 * the same bits for any threads and instruction sets.
 */
#include "testing.h"

static mah_augment settings(int64_t height, int64_t width, int64_t channels) {
  mah_augment s = {.height = height, .width = width, .channels = channels};
  s.low[MAH_AUGMENT_SCALE] = s.high[MAH_AUGMENT_SCALE] = 1;
  return s;
}

static void set_to(mah_augment *s, int which, double value) {
  s->low[which] = s->high[which] = value;
}

static mah_tensor random_images(int32_t dtype, int64_t n, int64_t pixels) {
  mah_tensor t = {0};
  mah_rng rng = rng_of((uint64_t)(n * 1000 + pixels));
  assert_ok(mah_tensor_new(&t, dtype, 2, (int64_t[]){n, pixels}));
  for (int64_t i = 0; i < n * pixels; i++)
    if (dtype == MAH_UINT8)
      ((uint8_t *)t.data)[i] = (uint8_t)mah_rng_below(&rng, 256);
    else
      set(t.data, dtype, i, mah_rng_double(&rng));
  return t;
}

static mah_tensor changed(const mah_augment *s, const mah_tensor *x, uint64_t seed,
                          uint64_t epoch) {
  mah_augmenter *a;
  mah_tensor out = {0};
  assert_ok(mah_augmenter_new(&a, s));
  assert_ok(mah_augmenter_apply(&out, x, a, seed, epoch));
  mah_augmenter_free(a);
  return out;
}

/* -- The twin ---------------------------------------------------------------------------------- */

static double pixel(const mah_augment *s, const double *image, int64_t y, int64_t x, int64_t c) {
  if (x < 0 || y < 0 || x >= s->width || y >= s->height) return s->fill;
  return image[(y * s->width + x) * s->channels + c];
}

static double between(const mah_augment *s, const double *image, double y, double x, int64_t c) {
  double x0 = floor(x), y0 = floor(y), sum = 0;
  for (int j = 0; j < 2; j++)
    for (int i = 0; i < 2; i++)
      sum += (1 - fabs(x - (x0 + i))) * (1 - fabs(y - (y0 + j))) *
             pixel(s, image, (int64_t)y0 + j, (int64_t)x0 + i, c);
  return sum;
}

/* M^-1 by Cramer's rule, M = scale rotation shear; y counts down. */
static void twin_moves(double *out, const mah_augment *s, const double *image) {
  double turn = -s->low[MAH_AUGMENT_ROTATE] * acos(-1) / 180;
  double lean = tan(s->low[MAH_AUGMENT_SHEAR] * acos(-1) / 180), k = s->low[MAH_AUGMENT_SCALE];
  double a = k * cos(turn), b = k * (cos(turn) * lean - sin(turn)), c = k * sin(turn);
  double d = k * (sin(turn) * lean + cos(turn)), det = a * d - b * c;
  double mx = 0.5 * (double)(s->width - 1), my = 0.5 * (double)(s->height - 1);
  for (int64_t y = 0; y < s->height; y++)
    for (int64_t x = 0; x < s->width; x++) {
      double px = (double)x - mx - s->low[MAH_AUGMENT_SHIFT_X];
      double py = (double)y - my - s->low[MAH_AUGMENT_SHIFT_Y];
      for (int64_t i = 0; i < s->channels; i++)
        out[(y * s->width + x) * s->channels + i] =
            between(s, image, (a * py - c * px) / det + my, (d * px - b * py) / det + mx, i);
    }
}

static void twin_grows(double *out, const mah_augment *s, const double *image, double by) {
  for (int64_t y = 0; y < s->height; y++)
    for (int64_t x = 0; x < s->width; x++)
      for (int64_t c = 0; c < s->channels; c++) {
        double here = pixel(s, image, y, x, c), far = here;
        for (int k = 0; k < 4; k++) {
          double near = pixel(s, image, y + (k == 0) - (k == 1), x + (k == 2) - (k == 3), c);
          far = by > 0 ? fmax(far, near) : fmin(far, near);
        }
        out[(y * s->width + x) * s->channels + c] = here + fabs(by) * (far - here);
      }
}

static void compare(const mah_augment *s, double grows_1, double grows_2) {
  int64_t n = s->height * s->width * s->channels;
  mah_tensor x = random_images(MAH_FLOAT64, 3, n), out = changed(s, &x, 5, 1);
  double *moved = mah_alloc(n, sizeof *moved), *once = mah_alloc(n, sizeof *once);
  double *twice = mah_alloc(n, sizeof *twice);
  for (int i = 0; i < 3; i++) {
    twin_moves(moved, s, (double *)x.data + i * n);
    twin_grows(once, s, moved, grows_1);
    twin_grows(twice, s, once, grows_2);
    for (int64_t k = 0; k < n; k++) assert_close(((double *)out.data)[i * n + k], twice[k], 2e-4);
  }
  mah_free(moved);
  mah_free(once);
  mah_free(twice);
  mah_tensor_release(&x);
  mah_tensor_release(&out);
}

static void images_are_those_of_the_twin(void **state) {
  (void)state;
  static const int64_t sides[] = {1, 2, 7, 15, 16, 17, 33};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 7; j++) {
      mah_augment s = settings(sides[i], sides[j], 1 + (i + j) % 3);
      s.fill = 0.25;
      set_to(&s, MAH_AUGMENT_ROTATE, 20);
      set_to(&s, MAH_AUGMENT_SCALE, 0.8 + 0.1 * j);
      set_to(&s, MAH_AUGMENT_SHEAR, -15);
      set_to(&s, MAH_AUGMENT_SHIFT_X, 1.3);
      set_to(&s, MAH_AUGMENT_SHIFT_Y, -0.6);
      compare(&s, 0, 0);
      set_to(&s, MAH_AUGMENT_THICKNESS, 1.5);
      compare(&s, 1, 0.5);
      set_to(&s, MAH_AUGMENT_THICKNESS, -1.25);
      compare(&s, -1, -0.25);
    }
}

/* -- What must not change ---------------------------------------------------------------------- */

static void no_settings_change_no_bit(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_UINT8; dtype++) {
    if (dtype == MAH_INT32) continue;
    mah_tensor x = random_images(dtype, 5, 2 * 9 * 7);
    if (dtype == MAH_FLOAT64)
      for (int i = 0; i < 5 * 2 * 9 * 7; i++)
        ((double *)x.data)[i] = (double)(float)((double *)x.data)[i];
    mah_augment s = settings(9, 7, 2);
    s.erase_high = 1;
    mah_tensor out = changed(&s, &x, 1, 1);
    assert_memory_equal(out.data, x.data, 5 * 2 * 9 * 7 * (size_t)mah_dtype_size(dtype));
    mah_tensor_release(&out);
    s.alpha = 1e-30; /* takes the way through everything */
    s.sigma = 2;
    out = changed(&s, &x, 1, 1);
    assert_memory_equal(out.data, x.data, 5 * 2 * 9 * 7 * (size_t)mah_dtype_size(dtype));
    mah_tensor_release(&out);
    mah_tensor_release(&x);
  }
}

static void a_shift_by_whole_pixels_is_a_copy(void **state) {
  (void)state;
  mah_tensor x = random_images(MAH_FLOAT32, 1, 9 * 20);
  mah_augment s = settings(9, 20, 1);
  set_to(&s, MAH_AUGMENT_SHIFT_X, 3);
  set_to(&s, MAH_AUGMENT_SHIFT_Y, -2);
  mah_tensor out = changed(&s, &x, 1, 1);
  const float *from = x.data, *to = out.data;
  for (int i = 0; i < 9; i++)
    for (int j = 0; j < 20; j++)
      assert_true(to[i * 20 + j] == (i + 2 < 9 && j >= 3 ? from[(i + 2) * 20 + j - 3] : 0));
  mah_tensor_release(&x);
  mah_tensor_release(&out);
}

/* Doubles that are no floats stay what they are where there is nothing to do. */
static void doubles_keep_their_bits(void **state) {
  (void)state;
  mah_tensor x = random_images(MAH_FLOAT64, 5, 9 * 7);
  mah_augment s = settings(9, 7, 1);
  s.mixup = 0.4;
  mah_tensor out = changed(&s, &x, 1, 1);
  assert_memory_equal(out.data, x.data, 5 * 9 * 7 * sizeof(double));
  mah_tensor_release(&out);
  mah_tensor_release(&x);
}

/* Strokes that are as wide as the image grow no further. */
static void growing_ends(void **state) {
  (void)state;
  mah_tensor x = random_images(MAH_FLOAT32, 1, 9 * 7);
  mah_augment s = settings(9, 7, 1);
  set_to(&s, MAH_AUGMENT_THICKNESS, 16);
  mah_tensor expected = changed(&s, &x, 1, 1);
  set_to(&s, MAH_AUGMENT_THICKNESS, 1e300);
  mah_tensor out = changed(&s, &x, 1, 1);
  assert_memory_equal(out.data, expected.data, 9 * 7 * sizeof(float));
  mah_tensor_release(&expected);
  mah_tensor_release(&out);
  mah_tensor_release(&x);
}

/* Rows of an identity matrix show whom they are mixed with: nobody, by so small a mixup. */
static void the_smallest_mixup_ends(void **state) {
  (void)state;
  enum { N = 20 };
  mah_augment s = settings(1, N, 1);
  s.mixup = 5e-324;
  mah_tensor x = new_tensor(MAH_FLOAT64, 2, N, N), y = new_tensor(MAH_FLOAT32, 2, N, N);
  for (int i = 0; i < N; i++) ((double *)x.data)[i * N + i] = ((float *)y.data)[i * N + i] = 1;
  mah_augmenter *a;
  assert_ok(mah_augmenter_new(&a, &s));
  assert_ok(mah_augmenter_mix(&x, &y, a, 1, 1));
  for (int i = 0; i < N; i++) {
    double ones = 0;
    for (int k = 0; k < N; k++) {
      assert_true(((double *)x.data)[i * N + k] == ((float *)y.data)[i * N + k]);
      ones += ((double *)x.data)[i * N + k] == 1;
    }
    assert_true(ones == 1);
  }
  mah_augmenter_free(a);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

static mah_augment everything(void) {
  mah_augment s = settings(28, 30, 2);
  for (int i = 0; i < MAH_AUGMENT_RANGES; i++) s.low[i] = i == MAH_AUGMENT_SCALE ? 0.8 : -2;
  for (int i = 0; i < MAH_AUGMENT_RANGES; i++) s.high[i] = i == MAH_AUGMENT_SCALE ? 1.2 : 2;
  s.alpha = 34, s.sigma = 4, s.noise = 0.1;
  s.erase = 0.5, s.erase_low = 0.05, s.erase_high = 0.3;
  return s;
}

static void threads_and_instructions_change_no_bit(void **state) {
  (void)state;
  enum { N = 200, PIXELS = 28 * 30 * 2 };
  int32_t threads = mah_parallel_threads();
  mah_simd simd = mah_simd_current();
  mah_augment s = everything();
  mah_tensor x = random_images(MAH_FLOAT32, N, PIXELS), expected = changed(&s, &x, 3, 2);
  for (mah_simd k = 0; k <= mah_simd_best(); k++)
    for (int32_t t = 1; t <= 3; t++) {
      assert_ok(mah_simd_use(k));
      assert_ok(mah_parallel_use(t));
      mah_tensor out = changed(&s, &x, 3, 2);
      assert_memory_equal(out.data, expected.data, N * PIXELS * sizeof(float));
      mah_tensor_release(&out);
    }
  assert_ok(mah_simd_use(simd));
  assert_ok(mah_parallel_use(threads));
  mah_tensor_release(&x);
  mah_tensor_release(&expected);
}

static void seed_epoch_and_row_change_all(void **state) {
  (void)state;
  enum { PIXELS = 28 * 30 * 2 };
  mah_augment s = everything();
  mah_tensor x = random_images(MAH_FLOAT32, 2, PIXELS);
  memcpy((float *)x.data + PIXELS, x.data, PIXELS * sizeof(float));
  mah_tensor a = changed(&s, &x, 1, 1), b = changed(&s, &x, 2, 1), c = changed(&s, &x, 1, 2);
  assert_memory_not_equal(a.data, b.data, PIXELS * sizeof(float));
  assert_memory_not_equal(a.data, c.data, PIXELS * sizeof(float));
  assert_memory_not_equal(a.data, (float *)a.data + PIXELS, PIXELS * sizeof(float));
  mah_tensor_release(&x);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  mah_tensor_release(&c);
}

/* -- What is random ---------------------------------------------------------------------------- */

/* Images that hold their columns' numbers show how far each pixel has come from; wide ones, so that
 * it does not come from outside. */
static void the_field_has_its_deviation_and_reach(void **state) {
  (void)state;
  enum { N = 4000, SIDE = 41, MIDDLE = 20, AWAY = 6 };
  mah_augment s = settings(SIDE, SIDE, 1);
  s.alpha = 34, s.sigma = 4;
  mah_tensor x = new_tensor(MAH_FLOAT64, 2, N, SIDE * SIDE);
  for (int64_t i = 0; i < N * SIDE * SIDE; i++) ((double *)x.data)[i] = (double)(i % SIDE);
  mah_tensor out = changed(&s, &x, 9, 1);
  double squares = 0, products = 0, sum = 0, edges = 0;
  for (int i = 0; i < N; i++) {
    const double *image = (double *)out.data + (int64_t)i * SIDE * SIDE;
    double here = image[MIDDLE * SIDE + MIDDLE] - MIDDLE;
    double there = image[(MIDDLE + AWAY) * SIDE + MIDDLE] - MIDDLE;
    sum += here, squares += here * here, products += here * there;
    double edge = image[MIDDLE * SIDE + SIDE - 1 - MIDDLE / 2] - (SIDE - 1 - MIDDLE / 2);
    edges += edge * edge;
  }
  double variance = 34.0 * 34 / 3 / (4 * acos(-1) * 16);
  assert_true(fabs(sum / N) < 4 * sqrt(variance / N));
  assert_close(squares / N / variance, 1, 0.1);
  assert_close(edges / N / variance, 1, 0.1);
  assert_close(products / squares, exp(-AWAY * AWAY / (4.0 * 16)), 0.06);
  mah_tensor_release(&x);
  mah_tensor_release(&out);
}

static void noise_and_erasing_are_as_told(void **state) {
  (void)state;
  enum { N = 2000, SIDE = 20, PIXELS = SIDE * SIDE };
  mah_augment s = settings(SIDE, SIDE, 1);
  mah_tensor x = new_tensor(MAH_FLOAT64, 2, N, PIXELS);
  s.noise = 0.5;
  mah_tensor out = changed(&s, &x, 4, 1);
  double squares = 0;
  for (int i = 0; i < N * PIXELS; i++) squares += pow(((double *)out.data)[i], 2);
  assert_close(squares / (N * PIXELS), 0.25, 0.01);
  mah_tensor_release(&out);
  s.noise = 0, s.erase = 0.3, s.erase_low = s.erase_high = 0.1, s.fill = 7;
  out = changed(&s, &x, 4, 1);
  int erased = 0;
  for (int i = 0; i < N; i++) {
    int pixels = 0;
    for (int k = 0; k < PIXELS; k++) pixels += ((double *)out.data)[i * PIXELS + k] == 7;
    erased += pixels > 0;
    assert_true(pixels == 0 || (pixels > 0.07 * PIXELS && pixels < 0.13 * PIXELS));
  }
  assert_true(abs(erased - (int)(0.3 * N)) < 4 * sqrt(0.21 * N));
  mah_tensor_release(&out);
  mah_tensor_release(&x);
}

/* -- Refusals ---------------------------------------------------------------------------------- */

static void test_refusals(void **state) {
  (void)state;
  mah_augmenter *a;
  mah_augment s = settings(0, 3, 1);
  assert_fails(MAH_ERROR_ARGUMENT, "0 x 3", mah_augmenter_new(&a, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "no settings", mah_augmenter_new(&a, NULL));
  s = settings(3, 3, 1), s.low[MAH_AUGMENT_ROTATE] = 1;
  assert_fails(MAH_ERROR_ARGUMENT, "rotate: 1 ... 0", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), set_to(&s, MAH_AUGMENT_SCALE, 0);
  assert_fails(MAH_ERROR_ARGUMENT, "scale: 0", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), set_to(&s, MAH_AUGMENT_SHEAR, 90);
  assert_fails(MAH_ERROR_ARGUMENT, "shear: 90", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), s.alpha = 1;
  assert_fails(MAH_ERROR_ARGUMENT, "sigma = 0", mah_augmenter_new(&a, &s));
  s.sigma = 1e10;
  assert_fails(MAH_ERROR_ARGUMENT, "sigma = 1e+10", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), s.fill = 1e300;
  assert_fails(MAH_ERROR_ARGUMENT, "fill = 1e+300", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), s.noise = NAN;
  assert_fails(MAH_ERROR_ARGUMENT, "noise", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1), s.erase = 2;
  assert_fails(MAH_ERROR_ARGUMENT, "chance 2", mah_augmenter_new(&a, &s));
  s = settings(3, 3, 1);
  mah_tensor x = random_images(MAH_FLOAT32, 2, 8), ints = new_tensor(MAH_INT32, 2, 2, 9), out = {0};
  assert_ok(mah_augmenter_new(&a, &s));
  assert_fails(MAH_ERROR_SHAPE, "3 x 3 pixels", mah_augmenter_apply(&out, &x, a, 1, 1));
  assert_fails(MAH_ERROR_DTYPE, "got int32", mah_augmenter_apply(&out, &ints, a, 1, 1));
  mah_augmenter_free(a);
  mah_tensor_release(&x);
  mah_tensor_release(&ints);
}

static void a_lack_of_memory_leaves_nothing_behind(void **state) {
  (void)state;
  mah_augment s = everything();
  mah_tensor x = random_images(MAH_FLOAT32, 3, 28 * 30 * 2), out = {0};
  mah_augmenter *a;
  int64_t before = mah_memory_live();
  for (int n = 1; n <= 3; n++) {
    mah_memory_fail_at(n);
    assert_int_equal(mah_augmenter_new(&a, &s), MAH_ERROR_MEMORY);
    assert_int_equal(mah_memory_live(), before);
  }
  assert_ok(mah_augmenter_new(&a, &s));
  before = mah_memory_live();
  for (int n = 1; n <= 2; n++) {
    mah_memory_fail_at(n);
    assert_int_equal(mah_augmenter_apply(&out, &x, a, 1, 1), MAH_ERROR_MEMORY);
    assert_int_equal(mah_memory_live(), before);
  }
  mah_memory_fail_at(0);
  mah_augmenter_free(a);
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_are_those_of_the_twin),
      cmocka_unit_test(no_settings_change_no_bit),
      cmocka_unit_test(doubles_keep_their_bits),
      cmocka_unit_test(growing_ends),
      cmocka_unit_test(the_smallest_mixup_ends),
      cmocka_unit_test(a_shift_by_whole_pixels_is_a_copy),
      cmocka_unit_test(threads_and_instructions_change_no_bit),
      cmocka_unit_test(seed_epoch_and_row_change_all),
      cmocka_unit_test(the_field_has_its_deviation_and_reach),
      cmocka_unit_test(noise_and_erasing_are_as_told),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(a_lack_of_memory_leaves_nothing_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
