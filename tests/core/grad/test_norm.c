/* Norms and their gradients against plain loops, on ragged sizes, with every instruction set and on
 * two threads. */
#include "testing.h"

#include "base/parallel.h"

/* A tensor with numbers around `mean`. */
static mah_tensor numbers(mah_rng *rng, int32_t dtype, int32_t ndim, int64_t m, int64_t n,
                          double mean) {
  mah_tensor t = new_tensor(dtype, ndim, m, n);
  for (int64_t i = 0; i < mah_tensor_count(&t); i++)
    set(t.data, dtype, i, mean + 2 * mah_rng_double(rng) - 1);
  return t;
}

static double at(const mah_tensor *t_, int64_t i, double instead) {
  return t_ ? get(t_->data, t_->elem, i) : instead;
}

static const double eps = 0.02;

/* -- The plain twin: each group of elements that are normalised together, k apart -------------- */

/* Element j of group i. */
static int64_t place(int by_rows, int64_t i, int64_t j, int64_t columns) {
  return by_rows ? i * columns + j : j * columns + i;
}

static void mean_and_scale(double *mean, double *scale, const mah_tensor *x, int by_rows, int64_t i,
                           int64_t size) {
  int64_t columns = x->extent[1];
  double sum = 0, square = 0;
  for (int64_t j = 0; j < size; j++) sum += at(x, place(by_rows, i, j, columns), 0);
  *mean = sum / (double)size;
  for (int64_t j = 0; j < size; j++) {
    double d = at(x, place(by_rows, i, j, columns), 0) - *mean;
    square += d * d;
  }
  *scale = 1 / sqrt(square / (double)size + eps);
}

typedef struct norm_case {
  mah_tensor x, y, g, w, b, spread, dx, dw, db, old_dx, old_dw, old_db;
  const mah_tensor *w_, *b_;
  int by_rows;
  int32_t dtype, add;
  int64_t rows, columns;
  double tolerance;
} norm_case;

static void check_forward(const norm_case *c) {
  int64_t groups = c->by_rows ? c->rows : c->columns, size = c->by_rows ? c->columns : c->rows;
  for (int64_t i = 0; i < groups; i++) {
    double mean, scale;
    mean_and_scale(&mean, &scale, &c->x, c->by_rows, i, size);
    for (int64_t j = 0; j < size; j++) {
      int64_t p = place(c->by_rows, i, j, c->columns), column = p % c->columns;
      double h = (at(&c->x, p, 0) - mean) * scale;
      assert_close(at(&c->y, p, 0), h * at(c->w_, column, 1) + at(c->b_, column, 0), c->tolerance);
    }
  }
}

static void check_backward(const norm_case *c) {
  int64_t groups = c->by_rows ? c->rows : c->columns, size = c->by_rows ? c->columns : c->rows;
  double *dw = calloc((size_t)c->columns + 1, sizeof *dw);
  double *db = calloc((size_t)c->columns + 1, sizeof *db);
  for (int64_t i = 0; i < groups; i++) {
    double mean, scale, d_sum = 0, dh_sum = 0;
    mean_and_scale(&mean, &scale, &c->x, c->by_rows, i, size);
    for (int64_t j = 0; j < size; j++) {
      int64_t p = place(c->by_rows, i, j, c->columns), column = p % c->columns;
      double h = (at(&c->x, p, 0) - mean) * scale, g = at(&c->g, p, 0);
      d_sum += g * at(c->w_, column, 1), dh_sum += g * at(c->w_, column, 1) * h;
      dw[column] += g * h, db[column] += g;
    }
    for (int64_t j = 0; j < size; j++) {
      int64_t p = place(c->by_rows, i, j, c->columns);
      double h = (at(&c->x, p, 0) - mean) * scale;
      double dx = scale * (at(&c->g, p, 0) * at(c->w_, p % c->columns, 1) - d_sum / (double)size -
                           h * dh_sum / (double)size);
      if (c->add & MAH_NORM_ADD_X) dx += at(&c->old_dx, p, 0);
      assert_close(at(&c->dx, p, 0), dx, c->tolerance);
    }
  }
  for (int64_t k = 0; k < c->columns; k++) {
    if (c->add & MAH_NORM_ADD_WEIGHT) dw[k] += at(&c->old_dw, k, 0);
    if (c->add & MAH_NORM_ADD_BIAS) db[k] += at(&c->old_db, k, 0);
    assert_close(at(&c->dw, k, 0), dw[k], 4 * c->tolerance);
    assert_close(at(&c->db, k, 0), db[k], 4 * c->tolerance);
  }
  free(dw), free(db);
}

/* -- Cases ------------------------------------------------------------------------------------- */

static void release(norm_case *c) {
  mah_tensor *all[] = {&c->x,  &c->y,  &c->g,  &c->w,      &c->b,      &c->spread,
                       &c->dx, &c->dw, &c->db, &c->old_dx, &c->old_dw, &c->old_db};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

static norm_case new_case(int by_rows, int32_t dtype, int64_t m, int64_t n, double mean,
                          int32_t kind) {
  mah_rng rng = rng_of(7);
  norm_case c = {.by_rows = by_rows, .dtype = dtype, .rows = m, .columns = n, .add = kind};
  c.tolerance = tolerance_of(dtype) * (1 + fabs(mean) / 30);
  c.x = numbers(&rng, dtype, 2, m, n, mean), c.y = numbers(&rng, dtype, 2, m, n, NAN);
  c.g = numbers(&rng, dtype, 2, m, n, 0);
  c.w = numbers(&rng, dtype, 1, n, 0, 2), c.b = numbers(&rng, dtype, 1, n, 0, 0);
  c.dx = numbers(&rng, dtype, 2, m, n, kind & MAH_NORM_ADD_X ? 0 : NAN);
  c.dw = numbers(&rng, dtype, 1, n, 0, kind & MAH_NORM_ADD_WEIGHT ? 0 : NAN);
  c.db = numbers(&rng, dtype, 1, n, 0, kind & MAH_NORM_ADD_BIAS ? 0 : NAN);
  assert_ok(mah_tensor_clone(&c.old_dx, &c.dx));
  assert_ok(mah_tensor_clone(&c.old_dw, &c.dw));
  assert_ok(mah_tensor_clone(&c.old_db, &c.db));
  c.spread = new_tensor(MAH_FLOAT64, 2, by_rows ? 2 : 3, by_rows ? m : n);
  return c;
}

static void run(norm_case *c) {
  if (c->by_rows) {
    assert_ok(mah_layer_norm(&c->y, &c->spread, &c->x, c->w_, c->b_, eps));
    assert_ok(mah_back_layer_norm(&c->dx, &c->dw, &c->db, &c->g, &c->x, &c->spread, c->w_, c->add));
  } else {
    assert_ok(mah_batch_norm(&c->y, &c->spread, &c->x, c->w_, c->b_, eps));
    assert_ok(mah_back_batch_norm(&c->dx, &c->dw, &c->db, &c->g, &c->x, &c->spread, c->w_, c->add));
  }
}

static void compare(int by_rows, int32_t dtype, int64_t m, int64_t n, double mean) {
  for (int32_t kind = 0; kind < 8; kind++) {
    norm_case c = new_case(by_rows, dtype, m, n, mean, kind);
    c.w_ = kind % 3 ? &c.w : NULL, c.b_ = kind % 2 ? &c.b : NULL;
    run(&c);
    check_forward(&c);
    check_backward(&c);
    release(&c);
  }
}

static void norms_equal_plain_loops(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      assert_ok(mah_simd_use(simd));
      for (int i = 0; i < RAGGED; i++) {
        compare(1, dtype, ragged[i], 5, 0);
        compare(1, dtype, 3, ragged[i] + 1, 0);
        compare(0, dtype, ragged[i] + 2, 5, 0);
        compare(0, dtype, 4, ragged[i] + 60, 0);
      }
      compare(1, dtype, 4, 50, 1000), compare(0, dtype, 50, 4, 1000);
    }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* Large enough to be divided. */
static void threads_change_no_bit(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int by_rows = 0; by_rows < 2; by_rows++) {
    norm_case one = new_case(by_rows, MAH_FLOAT32, 700, 203, 0, 0), two;
    one.w_ = &one.w, one.b_ = &one.b;
    assert_ok(mah_parallel_use(1));
    run(&one);
    two = new_case(by_rows, MAH_FLOAT32, 700, 203, 0, 0);
    two.w_ = &two.w, two.b_ = &two.b;
    assert_ok(mah_parallel_use(3));
    run(&two);
    assert_memory_equal(one.y.data, two.y.data, 700 * 203 * sizeof(float));
    assert_memory_equal(one.dx.data, two.dx.data, 700 * 203 * sizeof(float));
    assert_memory_equal(one.dw.data, two.dw.data, 203 * sizeof(float));
    assert_memory_equal(one.db.data, two.db.data, 203 * sizeof(float));
    release(&one), release(&two);
  }
  assert_ok(mah_parallel_use(before));
}

static void running_statistics_follow(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    norm_case c = new_case(0, dtype, 3, 1, 0, 0);
    for (int i = 0; i < 3; i++) set(c.x.data, dtype, i, i + 1); /* mean 2, variance 1 */
    run(&c);
    mah_tensor mean = new_tensor(dtype, 1, 1, 0), var = new_tensor(dtype, 1, 1, 0);
    set(var.data, dtype, 0, 5);
    assert_ok(mah_batch_norm_follow(&mean, &var, &c.spread, 0.25));
    assert_close(get(mean.data, dtype, 0), 0.5, 1e-7);
    assert_close(get(var.data, dtype, 0), 0.75 * 5 + 0.25, 1e-7);
    assert_fails(MAH_ERROR_SHAPE, "running_var",
                 mah_batch_norm_follow(&mean, &c.x, &c.spread, 0.25));
    release(&c), mah_tensor_release(&mean), mah_tensor_release(&var);
  }
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  norm_case c = new_case(1, MAH_FLOAT32, 4, 3, 0, 0);
  mah_tensor turned = {0}, none = {0}, other = new_tensor(MAH_FLOAT64, 1, 3, 0);
  mah_tensor integers = new_tensor(MAH_INT32, 2, 4, 3), one = new_tensor(MAH_FLOAT32, 2, 1, 3);
  mah_tensor three = new_tensor(MAH_FLOAT64, 2, 3, 3);
  assert_ok(mah_tensor_transpose(&turned, &c.x, 0, 1));
  assert_fails(MAH_ERROR_SHAPE, "without gaps",
               mah_layer_norm(&c.y, &c.spread, &turned, NULL, NULL, eps));
  assert_fails(MAH_ERROR_DTYPE, "int32 4x3",
               mah_layer_norm(&c.y, &c.spread, &integers, NULL, NULL, eps));
  assert_fails(MAH_ERROR_SHAPE, "weight", mah_layer_norm(&c.y, &c.spread, &c.x, &other, NULL, eps));
  assert_fails(MAH_ERROR_SHAPE, "bias", mah_layer_norm(&c.y, &c.spread, &c.x, NULL, &other, eps));
  assert_fails(MAH_ERROR_SHAPE, "y", mah_layer_norm(&one, &c.spread, &c.x, NULL, NULL, eps));
  assert_fails(MAH_ERROR_SHAPE, "spread", mah_batch_norm(&c.y, &c.spread, &c.x, NULL, NULL, eps));
  assert_fails(MAH_ERROR_SHAPE, "two rows", mah_batch_norm(&one, &three, &one, NULL, NULL, eps));
  assert_fails(MAH_ERROR_SHAPE, "g",
               mah_back_layer_norm(&c.dx, NULL, NULL, &one, &c.x, &c.spread, NULL, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "", mah_layer_norm(&c.y, &none, &c.x, NULL, NULL, eps));
  mah_tensor_release(&turned), mah_tensor_release(&other), mah_tensor_release(&integers);
  mah_tensor_release(&one), mah_tensor_release(&three);
  release(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(norms_equal_plain_loops),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(running_statistics_follow),
      cmocka_unit_test(wrong_operands_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
