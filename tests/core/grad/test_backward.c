/* Gradients in one pass against plain loops, on ragged sizes, with every instruction set. */
#include "testing.h"

static double slope(int32_t op, double v) {
  switch (op) {
  case MAH_BACK_tanh: return 1 - v * v;
  case MAH_BACK_sigmoid: return v * (1 - v);
  case MAH_BACK_relu: return v > 0;
  case MAH_BACK_exp: return v;
  case MAH_BACK_sqrt: return 0.5 / v;
  case MAH_BACK_square: return 2 * v;
  case MAH_BACK_log: return 1 / v;
  default: fail_msg("an operation without a plain twin: %d", op); return 0;
  }
}

static mah_tensor random_tensor(mah_rng *rng, int32_t dtype, int32_t ndim, const int64_t *extent) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, ndim, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++) {
    double v = 2 * mah_rng_double(rng) - 1;
    set(t.data, dtype, i, v < 0 ? v - 0.1 : v + 0.1);
  }
  return t;
}

static mah_tensor copy_of(const mah_tensor *t) {
  mah_tensor copy = {0};
  assert_ok(mah_tensor_clone(&copy, t));
  return copy;
}

static void maps(int32_t dtype, int64_t n) {
  mah_rng rng = rng_of(1);
  for (int32_t op = 0; op < MAH_BACK_COUNT; op++)
    for (int add = 0; add < 2; add++) {
      mah_tensor out = random_tensor(&rng, dtype, 1, &n), g = random_tensor(&rng, dtype, 1, &n);
      mah_tensor of = random_tensor(&rng, dtype, 1, &n), before = copy_of(&out);
      if (!add) assert_ok(mah_tensor_fill(&out, NAN));
      assert_ok(mah_back_map(&out, op, &g, &of, add));
      for (int64_t i = 0; i < n; i++)
        assert_close(get(out.data, dtype, i),
                     (add ? get(before.data, dtype, i) : 0) +
                         get(g.data, dtype, i) * slope(op, get(of.data, dtype, i)),
                     tolerance_of(dtype));
      mah_tensor_release(&out), mah_tensor_release(&g), mah_tensor_release(&of);
      mah_tensor_release(&before);
    }
}

static void factors(int32_t dtype, int64_t n) {
  mah_rng rng = rng_of(6);
  for (int add = 0; add < 2; add++) {
    mah_tensor out = random_tensor(&rng, dtype, 1, &n), g = random_tensor(&rng, dtype, 1, &n);
    mah_tensor b = random_tensor(&rng, dtype, 1, &n), before = copy_of(&out);
    if (!add) assert_ok(mah_tensor_fill(&out, NAN));
    assert_ok(mah_back_product(&out, &g, &b, add));
    for (int64_t i = 0; i < n; i++)
      assert_close(get(out.data, dtype, i),
                   (add ? get(before.data, dtype, i) : 0) +
                       get(g.data, dtype, i) * get(b.data, dtype, i),
                   tolerance_of(dtype));
    mah_tensor_release(&out), mah_tensor_release(&g), mah_tensor_release(&b);
    mah_tensor_release(&before);
  }
}

static void rows(int32_t dtype, int64_t m, int64_t n) {
  mah_rng rng = rng_of(2);
  int64_t extent[] = {m, n};
  for (int add = 0; add < 2; add++) {
    mah_tensor out = random_tensor(&rng, dtype, 1, &n), g = random_tensor(&rng, dtype, 2, extent);
    mah_tensor before = copy_of(&out);
    if (!add) assert_ok(mah_tensor_fill(&out, NAN));
    assert_ok(mah_back_rows(&out, &g, add));
    for (int64_t j = 0; j < n; j++) {
      double sum = add ? get(before.data, dtype, j) : 0;
      for (int64_t i = 0; i < m; i++) sum += get(g.data, dtype, i * n + j);
      assert_close(get(out.data, dtype, j), sum, tolerance_of(dtype));
    }
    mah_tensor_release(&out), mah_tensor_release(&g), mah_tensor_release(&before);
  }
}

static void softmaxes(int32_t dtype, int64_t m, int64_t n) {
  mah_rng rng = rng_of(3);
  int64_t extent[] = {m, n};
  for (int add = 0; add < 2; add++) {
    mah_tensor out = random_tensor(&rng, dtype, 2, extent), g = random_tensor(&rng, dtype, 1, &m);
    mah_tensor of = random_tensor(&rng, dtype, 2, extent), y = random_tensor(&rng, dtype, 1, &m);
    mah_tensor before = copy_of(&out);
    if (!add) assert_ok(mah_tensor_fill(&out, NAN));
    assert_ok(mah_back_logsumexp(&out, &g, &of, &y, add));
    for (int64_t i = 0; i < m * n; i++)
      assert_close(get(out.data, dtype, i),
                   (add ? get(before.data, dtype, i) : 0) +
                       get(g.data, dtype, i / n) *
                           exp(get(of.data, dtype, i) - get(y.data, dtype, i / n)),
                   tolerance_of(dtype));
    mah_tensor_release(&out), mah_tensor_release(&g), mah_tensor_release(&of);
    mah_tensor_release(&y), mah_tensor_release(&before);
  }
}

/* out = a^T b and a b^T, a:(k,m) b:(k,n), and a:(m,k) b:(n,k) */
static void products(int32_t dtype, int64_t m, int64_t k, int64_t n) {
  mah_rng rng = rng_of(4);
  for (int turned = 1; turned <= 2; turned++)
    for (int add = 0; add < 2; add++) {
      int64_t of_a[] = {turned == 1 ? k : m, turned == 1 ? m : k};
      int64_t of_b[] = {turned == 1 ? k : n, turned == 1 ? n : k}, of_out[] = {m, n};
      mah_tensor a = random_tensor(&rng, dtype, 2, of_a), b = random_tensor(&rng, dtype, 2, of_b);
      mah_tensor out = random_tensor(&rng, dtype, 2, of_out), before = copy_of(&out);
      assert_ok(mah_back_matmul(&out, &a, &b, turned, add));
      for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
          double sum = add ? get(before.data, dtype, i * n + j) : 0;
          for (int64_t l = 0; l < k; l++)
            sum += get(a.data, dtype, turned == 1 ? l * m + i : i * k + l) *
                   get(b.data, dtype, turned == 1 ? l * n + j : j * k + l);
          assert_close(get(out.data, dtype, i * n + j), sum, tolerance_of(dtype));
        }
      mah_tensor_release(&a), mah_tensor_release(&b), mah_tensor_release(&out);
      mah_tensor_release(&before);
    }
}

static void embeddings(int32_t dtype, int64_t n, int64_t columns) {
  mah_rng rng = rng_of(6);
  enum { CATEGORIES = 4 };
  for (int add = 0; add < 2; add++) {
    mah_tensor out = new_tensor(dtype, 2, CATEGORIES, columns);
    mah_tensor g = random_tensor(&rng, dtype, 2, (int64_t[]){n, columns}), before = {0};
    mah_tensor code = new_tensor(add ? MAH_INT32 : MAH_INT64, 1, n, 0);
    assert_ok(mah_tensor_fill(&out, add ? 3 : NAN));
    assert_ok(mah_tensor_clone(&before, &out));
    for (int64_t k = 0; k < n; k++) {
      if (add)
        ((int32_t *)code.data)[k] = (int32_t)(k * k % CATEGORIES);
      else
        ((int64_t *)code.data)[k] = k * k % CATEGORIES;
    }
    assert_ok(mah_back_embedding(&out, &g, &code, add));
    for (int64_t c = 0; c < CATEGORIES; c++)
      for (int64_t j = 0; j < columns; j++) {
        double sum = add ? 3 : 0;
        for (int64_t k = 0; k < n; k++)
          if (k * k % CATEGORIES == c) sum += get(g.data, dtype, k * columns + j);
        assert_close(get(out.data, dtype, c * columns + j), sum, tolerance_of(dtype));
      }
    mah_tensor_release(&out), mah_tensor_release(&g), mah_tensor_release(&before);
    mah_tensor_release(&code);
  }
}

static void gradients_equal_plain_loops(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      assert_ok(mah_simd_use(simd));
      for (int i = 0; i < RAGGED; i++) {
        maps(dtype, ragged[i]);
        factors(dtype, ragged[i]);
        rows(dtype, ragged[i], 300 + ragged[i]);
        rows(dtype, 5, ragged[i]);
        softmaxes(dtype, 3, ragged[i]);
        products(dtype, 4, 1 + ragged[i], 7);
        embeddings(dtype, ragged[i], 5), embeddings(dtype, 6, ragged[i]);
      }
    }
  assert_ok(mah_simd_use(mah_simd_best()));
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  mah_rng rng = rng_of(5);
  int64_t extent[] = {3, 4}, three = 3, four = 4;
  mah_tensor m = random_tensor(&rng, MAH_FLOAT32, 2, extent), turned = {0}, none = {0};
  mah_tensor a = random_tensor(&rng, MAH_FLOAT32, 1, &three);
  mah_tensor b = random_tensor(&rng, MAH_FLOAT64, 1, &four);
  assert_ok(mah_tensor_transpose(&turned, &m, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "no operation 99", mah_back_map(&m, 99, &m, &m, 0));
  assert_fails(MAH_ERROR_SHAPE, "does not fit", mah_back_map(&m, 0, &a, &m, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "gaps", mah_back_map(&m, 0, &m, &turned, 0));
  assert_fails(MAH_ERROR_DTYPE, "float64 4", mah_back_map(&a, 0, &b, &a, 0));
  assert_fails(MAH_ERROR_SHAPE, "fit", mah_back_product(&m, &m, &a, 0));
  assert_fails(MAH_ERROR_SHAPE, "rows of", mah_back_rows(&a, &m, 0));
  assert_fails(MAH_ERROR_SHAPE, "a matrix", mah_back_logsumexp(&a, &a, &a, &a, 0));
  assert_fails(MAH_ERROR_SHAPE, "fit", mah_back_logsumexp(&m, &m, &m, &a, 0));
  assert_fails(MAH_ERROR_SHAPE, "fit", mah_back_matmul(&m, &a, &m, 1, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "", mah_back_map(&none, 0, &m, &m, 0));
  mah_tensor code = new_tensor(MAH_INT32, 1, 3, 0);
  assert_fails(MAH_ERROR_DTYPE, "codes", mah_back_embedding(&m, &m, &a, 0));
  ((int32_t *)code.data)[1] = 3;
  assert_fails(MAH_ERROR_ARGUMENT, "code 3 is none of 0 ... 2",
               mah_back_embedding(&m, &m, &code, 0));
  mah_tensor_release(&code);
  mah_tensor_release(&m), mah_tensor_release(&turned), mah_tensor_release(&a);
  mah_tensor_release(&b);
}

static void names(void **state) {
  (void)state;
  assert_string_equal(mah_back_name(MAH_BACK_tanh), "tanh");
  assert_null(mah_back_name(MAH_BACK_COUNT));
  assert_true(mah_back_is_of_y(MAH_BACK_exp) && !mah_back_is_of_y(MAH_BACK_log));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients_equal_plain_loops),
      cmocka_unit_test(wrong_operands_are_refused),
      cmocka_unit_test(names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
