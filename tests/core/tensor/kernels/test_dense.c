/* Dense layers against their plain twins: both number types, every instruction set of this machine,
 * ragged sizes and one of the studies' size.
 */
#include "tensor/dense_variants.h"

/* C[i,j] (+)= sum_k A B; which of A and B is transposed is said by the steps. */
static double dot(const void *a, int64_t a0, int64_t a_step, const void *b, int64_t b0,
                  int64_t b_step, int64_t n, int32_t dtype) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += get(a, dtype, a0 + i * a_step) * get(b, dtype, b0 + i * b_step);
  return sum;
}

/* In two parts, as tasks do. */
static void *pack(variant *f, const void *B, int64_t k, int64_t n) {
  void *packed = mah_alloc(k * mah_packed_width(n), 8);
  f->kernels->pack(packed, B, k, n, 0, k / 3);
  f->kernels->pack(packed, B, k, n, k / 3, k - k / 3);
  return packed;
}

static void *pack_transposed(variant *f, const void *W, int64_t k, int64_t n) {
  void *packed = mah_alloc(k * mah_packed_width(n), 8);
  f->kernels->pack_transposed(packed, W, k, n, 0, n / 3);
  f->kernels->pack_transposed(packed, W, k, n, n / 3, n - n / 3);
  return packed;
}

/* Y = X W + bias, with and without relu. */
static void check_forward(variant *f, int64_t rows, int64_t inputs, int64_t units, int relu,
                          int packed_w, int roomy) {
  int32_t d = f->dtype;
  void *X = random_reals(&f->rng, d, rows * inputs), *W = random_reals(&f->rng, d, inputs * units);
  void *Y = random_reals(&f->rng, d, rows * units), *bias = random_reals(&f->rng, d, units);
  void *packed = pack(f, W, inputs, units), *room = mah_alloc(rows * MAH_DEPTH, 8);
  f->kernels->forward(&(mah_affine){.Y = Y,
                                    .X = X,
                                    .W = packed_w ? packed : W,
                                    .is_packed = packed_w,
                                    .bias = bias,
                                    .relu = relu,
                                    .room_ = roomy ? room : NULL,
                                    .rows = rows,
                                    .inputs = inputs,
                                    .units = units});
  for (int64_t b = 0; b < rows; b++)
    for (int64_t o = 0; o < units; o++) {
      double y = get(bias, d, o) + dot(X, b * inputs, 1, W, o, units, inputs, d);
      assert_close(get(Y, d, b * units + o), relu && y < 0 ? 0 : y, tolerance_of(d));
    }
  void *blocks[] = {X, W, Y, bias, packed, room};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* dX = dY W', 0 where the gate is not open. */
static void check_inputs(variant *f, int64_t rows, int64_t inputs, int64_t units, int gated,
                         int roomy) {
  int32_t d = f->dtype;
  void *dY = random_reals(&f->rng, d, rows * units), *dX = random_reals(&f->rng, d, rows * inputs);
  void *W = random_reals(&f->rng, d, inputs * units), *T = pack_transposed(f, W, units, inputs);
  void *gate = random_reals(&f->rng, d, rows * inputs), *room = mah_alloc(rows * MAH_DEPTH, 8);
  f->kernels->backward_inputs(&(mah_affine_inputs){.dX = dX,
                                                   .dY = dY,
                                                   .transposed = T,
                                                   .gate_ = gated ? gate : NULL,
                                                   .room_ = roomy ? room : NULL,
                                                   .rows = rows,
                                                   .inputs = inputs,
                                                   .units = units});
  for (int64_t b = 0; b < rows; b++)
    for (int64_t i = 0; i < inputs; i++) {
      double dx = dot(dY, b * units, 1, W, i * units, 1, units, d);
      int closed = gated && get(gate, d, b * inputs + i) <= 0;
      assert_close(get(dX, d, b * inputs + i), closed ? 0 : dx, tolerance_of(d));
    }
  void *blocks[] = {dY, dX, W, T, gate, room};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* dW = share start + X' dY for some of the inputs, and nothing else is written. */
static void check_weights(variant *f, int64_t rows, int64_t inputs, int64_t units, int64_t first,
                          int packed_dy, int roomy) {
  int32_t d = f->dtype;
  void *X = random_reals(&f->rng, d, rows * inputs), *dY = random_reals(&f->rng, d, rows * units);
  void *dW = random_reals(&f->rng, d, inputs * units), *old = copy_reals(dW, d, inputs * units);
  void *db = random_reals(&f->rng, d, units), *db0 = copy_reals(db, d, units);
  void *packed = pack(f, dY, rows, units);
  void *room = mah_alloc((inputs - first) * (rows < MAH_DEPTH ? rows : MAH_DEPTH), 8);
  f->kernels->backward_weights(&(mah_affine_weights){.dW = dW,
                                                     .start_ = dW,
                                                     .share = 0.5,
                                                     .X = X,
                                                     .dY = packed_dy ? packed : dY,
                                                     .is_packed = packed_dy,
                                                     .first = first,
                                                     .count = inputs - first,
                                                     .room_ = roomy ? room : NULL,
                                                     .rows = rows,
                                                     .inputs = inputs,
                                                     .units = units});
  f->kernels->backward_bias(db, dY, rows, units, 1);
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t o = 0; o < units; o++) {
      double before = get(old, d, i * units + o);
      double sum = 0.5 * before + dot(X, i, inputs, dY, o, units, rows, d);
      assert_close(get(dW, d, i * units + o), i < first ? before : sum, tolerance_of(d));
    }
  for (int64_t o = 0; o < units; o++) {
    double sum = get(db0, d, o);
    for (int64_t b = 0; b < rows; b++) sum += get(dY, d, b * units + o);
    assert_close(get(db, d, o), sum, tolerance_of(d));
  }
  void *blocks[] = {X, dY, dW, old, db, db0, packed, room};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_all(variant *f, int64_t rows, int64_t inputs, int64_t units) {
  check_forward(f, rows, inputs, units, rows % 2, 0, 0);
  for (int roomy = 0; roomy <= 1; roomy++) {
    check_forward(f, rows, inputs, units, rows % 2, 1, roomy);
    check_inputs(f, rows, inputs, units, inputs % 2, roomy);
    check_weights(f, rows, inputs, units, inputs / 3, 1, roomy);
  }
  check_weights(f, rows, inputs, units, inputs / 3, 0, 0);
}

static void check_dense(variant *f) {
  for (int r = 1; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u += 2) check_all(f, ragged[r], ragged[i], ragged[u]);
  check_all(f, 50, 784, 30);
  check_all(f, 31, 100, 130);
  check_all(f, 600, 20, 10); /* more rows, or inputs, than are taken at a time */
  check_all(f, 13, 40, 500); /* several panels with any instruction set */
  check_forward(f, 3, 1200, 70, 1, 1, 0);
  check_forward(f, 3, 1200, 70, 1, 0, 0);
}

static void products_equal_plain_loops(void **state) {
  (void)state;
  for_each_variant(check_dense);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_equal_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
