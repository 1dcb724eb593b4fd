/* Products of matrices with many zeros, which go round them (gaps.h): the bits are those of the few
 * rows at a time that gemm.c takes with their zeros.
 */
#include "tensor/dense_variants.h"

/* So many of a hundred numbers are not 0; some of the zeros are -0. */
static void *with_gaps(variant *v, int64_t n, int percent) {
  void *x = random_reals(&v->rng, v->dtype, n);
  for (int64_t i = 0; i < n; i++) {
    uint32_t u = mah_rng_u32(&v->rng) % 100;
    if (u >= (uint32_t)percent) set(x, v->dtype, i, u % 2 ? -0.0 : 0.0);
  }
  return x;
}

static void *row_at(variant *v, void *x, int64_t i) {
  return (char *)x + i * v->kernels->real_size;
}

static void *room_for(int64_t rows) { return mah_alloc(rows * MAH_DEPTH + 1, sizeof(double)); }

static void *pack(variant *v, const void *B, int64_t k, int64_t n) {
  void *packed = mah_alloc(k * mah_packed_width(n) + 1, sizeof(double));
  v->kernels->pack(packed, B, k, n, 0, k);
  return packed;
}

/* Rows of C that are taken at a time: all, or so few that gemm.c does not look for zeros. */
enum { FEW = 5 };

/* -- Forward, with bias and relu --------------------------------------------------------------- */

static void forward(variant *v, mah_affine a, int64_t at_a_time) {
  mah_affine some = a;
  for (int64_t i = 0; i < a.rows; i += at_a_time) {
    some.rows = a.rows - i < at_a_time ? a.rows - i : at_a_time;
    some.X = row_at(v, (void *)(uintptr_t)a.X, i * a.inputs);
    some.Y = row_at(v, a.Y, i * a.units);
    v->kernels->forward(&some);
  }
}

static void check_forward(variant *v, int64_t m, int64_t n, int64_t k, int percent) {
  void *X = with_gaps(v, m * k, percent), *W = random_reals(&v->rng, v->dtype, k * n);
  void *Y = mah_alloc((m + 1) * n, 8), *few = mah_alloc(m * n, 8), *work = room_for(m);
  void *packed = pack(v, W, k, n), *bias = with_gaps(v, n, 50);
  memset(row_at(v, Y, m * n), 7, (size_t)(n * v->kernels->real_size));
  mah_affine a = {.Y = Y,
                  .X = X,
                  .W = packed,
                  .is_packed = 1,
                  .bias = bias,
                  .relu = percent % 2,
                  .room_ = work,
                  .rows = m,
                  .inputs = k,
                  .units = n};
  forward(v, a, m);
  a.Y = few;
  forward(v, a, FEW);
  assert_memory_equal(Y, few, (size_t)(m * n * v->kernels->real_size));
  for (int64_t i = 0; i < n * v->kernels->real_size; i++)
    assert_int_equal(((char *)row_at(v, Y, m * n))[i], 7);
  for (int64_t i = 0; i < m; i += 7) {
    double sum = get(bias, v->dtype, n - 1);
    for (int64_t l = 0; l < k; l++)
      sum += get(X, v->dtype, i * k + l) * get(W, v->dtype, l * n + n - 1);
    if (a.relu && sum < 0) sum = 0;
    assert_close(get(Y, v->dtype, i * n + n - 1), sum, 4 * tolerance_of(v->dtype));
  }
  FREE(X, W, Y, few, work, packed, bias);
}

/* -- Back to the inputs, through a gate -------------------------------------------------------- */

static void check_inputs(variant *v, int64_t m, int64_t n, int64_t k, int percent) {
  int64_t bytes = m * n * v->kernels->real_size;
  void *dY = with_gaps(v, m * k, percent), *W = random_reals(&v->rng, v->dtype, n * k);
  void *dX = mah_alloc(m * n, 8), *few = mah_alloc(m * n, 8), *work = room_for(m);
  void *packed = mah_alloc(k * mah_packed_width(n) + 1, 8), *gate = with_gaps(v, m * n, 50);
  v->kernels->pack_transposed(packed, W, k, n, 0, n);
  mah_affine_inputs a = {.dX = dX,
                         .dY = dY,
                         .transposed = packed,
                         .gate_ = gate,
                         .room_ = work,
                         .rows = m,
                         .inputs = n,
                         .units = k};
  v->kernels->backward_inputs(&a);
  for (int64_t i = 0; i < m; i += FEW) {
    a.rows = m - i < FEW ? m - i : FEW;
    a.dX = row_at(v, few, i * n);
    a.dY = row_at(v, dY, i * k);
    a.gate_ = row_at(v, gate, i * n);
    v->kernels->backward_inputs(&a);
  }
  assert_memory_equal(dX, few, (size_t)bytes);
  FREE(dY, W, dX, few, work, packed, gate);
}

/* -- Back to the weights ----------------------------------------------------------------------- */

static void check_weights(variant *v, int64_t inputs, int64_t units, int64_t rows, int percent) {
  int64_t bytes = inputs * units * v->kernels->real_size;
  void *X = with_gaps(v, rows * inputs, percent),
       *dY = random_reals(&v->rng, v->dtype, rows * units);
  void *dW = mah_alloc(inputs * units, 8), *few = mah_alloc(inputs * units, 8);
  void *start = with_gaps(v, inputs * units, 50), *packed = pack(v, dY, rows, units);
  void *work = room_for(inputs);
  mah_affine_weights a = {.dW = dW,
                          .start_ = start,
                          .share = 0.5,
                          .X = X,
                          .dY = packed,
                          .is_packed = 1,
                          .count = inputs,
                          .room_ = work,
                          .rows = rows,
                          .inputs = inputs,
                          .units = units};
  v->kernels->backward_weights(&a);
  a.dW = few;
  for (a.first = 0; a.first < inputs; a.first += FEW) {
    a.count = inputs - a.first < FEW ? inputs - a.first : FEW;
    v->kernels->backward_weights(&a);
  }
  assert_memory_equal(dW, few, (size_t)bytes);
  FREE(X, dY, dW, few, start, packed, work);
}

/* -- All --------------------------------------------------------------------------------------- */

/* Rows, columns of every count of lanes, terms in one word and in several parts. */
static void check_sizes(variant *v) {
  const int64_t rows[] = {13, 61, 200}, columns[] = {65, 100, 128, 143, 200, 300};
  const int64_t depths[] = {1, 63, 64, 65, 130, 384, 385, 700};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
      int64_t k = depths[(3 * r + c) % (sizeof depths / sizeof *depths)];
      check_forward(v, rows[r], columns[c], k, 40 + (int)c % 2);
      check_inputs(v, rows[r], columns[c], k, 30);
      check_weights(v, rows[r], columns[c], k, 20);
    }
  check_forward(v, 200, 128, 1000, 0);
  check_forward(v, 200, 128, 1000, 100);
  check_weights(v, 96, 512, 200, 50);
}

static void going_round_zeros_changes_no_bit(void **state) {
  (void)state;
  for_each_variant(check_sizes);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(going_round_zeros_changes_no_bit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
