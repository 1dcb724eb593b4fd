/* Inputs that are mostly zeros: however they reach the kernels, the results are those of plain
 * loops over a matrix.
 */
#include "learn/drive/without_zeros.h"

#include "base/parallel.h"
#include "learn/drive/run.h"

/* -- Inputs that are mostly zeros --------------------------------------------------------------
 *
 * However they reach the kernels, the results are those of plain loops over a matrix.
 */
enum { MANY = 701, WIDE = 33, HIDDEN = 19, CLASSES = 3 }; /* more than a piece, neither even */

typedef struct zeros {
  mah_mlp *net;
  mah_tensor x, y, w, g, dense, order;
  mah_compressed *c, *rows; /* with codes, with values */
} zeros;

/* How the inputs come: as a matrix, compressed from it, or from rows without zeros only. */
enum { MATRIX, CODED, ROWS, FORMS };

/* One of five elements is not 0; the last column has nothing else. */
static zeros new_zeros(void) {
  mah_layer layers[] = {{.units = HIDDEN, .activation = MAH_TANH}, {.units = CLASSES}};
  mah_rng rng = rng_of(5);
  zeros z = {0};
  assert_ok(mah_mlp_new(&z.net, MAH_FLOAT32, WIDE, MAH_CROSS_ENTROPY, layers, 2));
  int64_t shape[] = {MANY, WIDE}, n = mah_mlp_parameters(z.net);
  assert_ok(mah_tensor_zeros(&z.x, MAH_FLOAT32, 2, shape));
  assert_ok(mah_tensor_zeros(&z.y, MAH_INT32, 1, shape));
  assert_ok(mah_tensor_zeros(&z.order, MAH_INT32, 1, shape));
  mah_tensor *vectors[] = {&z.w, &z.g, &z.dense};
  for (int i = 0; i < 3; i++) assert_ok(mah_tensor_zeros(vectors[i], MAH_FLOAT32, 1, &n));
  for (int64_t i = 0; i < n; i++) ((float *)z.w.data)[i] = (float)mah_rng_double(&rng) - 0.5f;
  for (int64_t i = 0; i < MANY * WIDE; i++)
    if (i % WIDE == WIDE - 1 || mah_rng_below(&rng, 5) == 0)
      ((float *)z.x.data)[i] = (float)mah_rng_below(&rng, 49) + 1;
  for (int64_t i = 0; i < MANY; i++) {
    ((int32_t *)z.y.data)[i] = (int32_t)mah_rng_below(&rng, 3);
    ((int32_t *)z.order.data)[i] = (int32_t)((i * 300) % MANY);
  }
  assert_ok(mah_compressed_new(&z.c, &z.x, 1, MAH_FLOAT32, 0.33));
  assert_non_null(z.c);
  z.rows = compress_rows(&z.x, MAH_FLOAT32, 1);
  return z;
}

static void free_zeros(zeros *z) {
  mah_tensor *all[] = {&z->x, &z->y, &z->w, &z->g, &z->dense, &z->order};
  for (int i = 0; i < 6; i++) mah_tensor_release(all[i]);
  mah_compressed_free(z->c);
  mah_compressed_free(z->rows);
  mah_mlp_free(z->net);
}

/* Some of the rows, in another order. */
static mah_batch some_rows(zeros *z, int64_t first, int64_t count, int form) {
  return (mah_batch){.x = form == ROWS ? NULL : &z->x,
                     .y = &z->y,
                     .order_ = &z->order,
                     .compressed_ = form == CODED  ? z->c
                                    : form == ROWS ? z->rows
                                                   : NULL,
                     .first = first,
                     .count = count};
}

/* Row r forward, and back into z->dense with that share; returns its loss. */
static double plain_row(zeros *z, int64_t r, double share) {
  const float *x = (float *)z->x.data + r * WIDE, *W = z->w.data, *bias = W + WIDE * HIDDEN;
  const float *W2 = bias + HIDDEN, *bias2 = W2 + HIDDEN * CLASSES;
  float *dW = z->dense.data, *dbias = dW + WIDE * HIDDEN;
  float *dW2 = dbias + HIDDEN, *dbias2 = dW2 + HIDDEN * CLASSES;
  double h[HIDDEN], p[CLASSES], sum = 0;
  int32_t class = ((int32_t *)z->y.data)[r];
  for (int u = 0; u < HIDDEN; u++) {
    h[u] = (double)bias[u];
    for (int i = 0; i < WIDE; i++) h[u] += (double)x[i] * (double)W[i * HIDDEN + u];
    h[u] = tanh(h[u]);
  }
  for (int k = 0; k < CLASSES; k++) {
    p[k] = (double)bias2[k];
    for (int u = 0; u < HIDDEN; u++) p[k] += h[u] * (double)W2[u * CLASSES + k];
    sum += p[k] = exp(p[k]);
  }
  for (int k = 0; k < CLASSES; k++) {
    double dz = share * (p[k] / sum - (k == class));
    dbias2[k] += (float)dz;
    for (int u = 0; u < HIDDEN; u++) dW2[u * CLASSES + k] += (float)(h[u] * dz);
  }
  for (int u = 0; u < HIDDEN; u++) {
    double dz = 0;
    for (int k = 0; k < CLASSES; k++)
      dz += (double)W2[u * CLASSES + k] * share * (p[k] / sum - (k == class));
    dz *= 1 - h[u] * h[u];
    dbias[u] += (float)dz;
    for (int i = 0; i < WIDE; i++) dW[i * HIDDEN + u] += (float)((double)x[i] * dz);
  }
  return -share * log(p[class] / sum);
}

static double plain_loss(zeros *z, const mah_batch *batch) {
  double loss = 0;
  memset(z->dense.data, 0, (size_t)z->dense.extent[0] * sizeof(float));
  for (int64_t i = 0; i < batch->count; i++)
    loss += plain_row(z, ((int32_t *)z->order.data)[batch->first + i], 1 / (double)batch->count);
  return loss;
}

static void check_zeros(zeros *z, int64_t first, int64_t count, int form) {
  mah_batch batch = some_rows(z, first, count, form);
  double loss;
  assert_ok(mah_mlp_gradient(z->net, &loss, &z->g, &z->w, &batch));
  assert_close(loss, plain_loss(z, &batch), 1e-5);
  for (int64_t i = 0; i < z->g.extent[0]; i++)
    assert_close(get(z->g.data, MAH_FLOAT32, i), get(z->dense.data, MAH_FLOAT32, i), 1e-4);
}

/* With codes and without, one after the other on the same network, as the number of threads and so
 * of shards changes. */
static void gradient_is_that_of_plain_loops_for_any_number_of_shards(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int form = 0; form < FORMS; form++) {
    zeros z = new_zeros();
    for (int32_t threads = 1; threads <= 5; threads += 2) {
      assert_ok(mah_parallel_use(threads));
      for (int i = 0; i < FORMS; i++) check_zeros(&z, 0, MANY, (form + i) % FORMS);
      check_zeros(&z, 400, 301, CODED);
      check_zeros(&z, 3, 9, threads % 2);
      check_zeros(&z, 3, 9, ROWS);
    }
    free_zeros(&z);
  }
  assert_ok(mah_parallel_use(before));
}

/* Larger batches after smaller ones, and the other way to bring them in. */
static void room_grows_and_serves_both_forms(void **state) {
  (void)state;
  zeros z = new_zeros();
  check_zeros(&z, 0, 20, MATRIX);
  check_zeros(&z, 0, 10, ROWS);
  check_zeros(&z, 0, 300, CODED);
  check_zeros(&z, 0, 300, ROWS);
  check_zeros(&z, 0, 100, MATRIX);
  free_zeros(&z);
}

/* One to some rows through the network, and the whole of x, give the same. */
static void some_rows_and_all_of_them_come_out_the_same(void **state) {
  (void)state;
  zeros z = new_zeros();
  mah_tensor all = {0}, some = {0}, x = {0};
  assert_ok(mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  for (int64_t rows = 1; rows <= 17; rows++) {
    assert_ok(mah_tensor_narrow(&x, &z.x, 0, 0, rows));
    assert_ok(mah_mlp_forward(z.net, &some, &z.w, &x, 1));
    assert_memory_equal(some.data, all.data, sizeof(float) * 3 * (size_t)rows);
    mah_tensor_release(&x);
    mah_tensor_release(&some);
  }
  mah_tensor_release(&all);
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 2, NAN); /* every place of the last pairs is looked at */
  assert_fails(MAH_ERROR_NUMERIC, "row 701", mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 2, 0);
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 1, INFINITY);
  assert_fails(MAH_ERROR_NUMERIC, "column 33", mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  free_zeros(&z);
}

/* In all layers, for all rows. */
static void rows_alone_give_the_same_bits(void **state) {
  (void)state;
  zeros z = new_zeros();
  mah_tensor outs[4] = {0}, *matrix[] = {&outs[0], &outs[1]}, *rows[] = {&outs[2], &outs[3]};
  int64_t units[] = {HIDDEN, CLASSES};
  for (int i = 0; i < 4; i++)
    assert_ok(mah_tensor_zeros(&outs[i], MAH_FLOAT32, 2, (int64_t[]){MANY, units[i % 2]}));
  assert_ok(mah_mlp_forward_all(z.net, matrix, &z.w, &z.x));
  assert_ok(mah_mlp_forward_compressed(z.net, rows, &z.w, z.rows));
  for (int i = 0; i < 2; i++)
    assert_memory_equal(outs[i].data, outs[i + 2].data, sizeof(float) * MANY * (size_t)units[i]);
  z.rows->columns++;
  assert_fails(MAH_ERROR_SHAPE, "x: sparse float32 701x34 does not fit a network of 33 inputs",
               mah_mlp_forward_compressed(z.net, rows, &z.w, z.rows));
  for (int i = 0; i < 4; i++) mah_tensor_release(&outs[i]);
  free_zeros(&z);
}

/* -- Lists ------------------------------------------------------------------------------------- */

/* All elements of a piece by columns, in the order of its rows, are those of its matrix. */
static void check_lists(zeros *z, const mah_run *run, const mah_sparse_columns *columns) {
  const int32_t *order = z->order.data;
  for (int64_t j = 0; j < (WIDE + 1) / 2; j++) {
    uint32_t e = columns->from[j];
    for (int64_t r = 0; r < run->piece.pass.piece_rows; r++) {
      const float *x = (float *)z->x.data + order[run->piece.batch.first + r] * WIDE + 2 * j;
      float one = x[0], two = 2 * j + 1 < WIDE ? x[1] : 0;
      if (one == 0 && two == 0) continue;
      uint32_t it = columns->element[e];
      const float *code = columns->code_, *value = columns->value;
      assert_int_equal(code ? it >> 16 : it, r);
      assert_true(one == (code ? code[it & 255] : value[2 * e]));
      assert_true(two == (code ? code[it >> 8 & 255] : value[2 * e + 1]));
      e++;
    }
    assert_int_equal(e, columns->to[j]);
  }
}

static void merged_lists_hold_all_shards_in_the_order_of_rows(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  zeros z = new_zeros();
  mah_work *work = &z.net->work;
  for (int32_t threads = 1; threads <= 5; threads++)
    for (int form = 0; form < FORMS; form++) {
      mah_batch batch = some_rows(&z, 100, 400, form);
      mah_run run;
      int64_t rows;
      assert_ok(mah_parallel_use(threads));
      assert_ok(mah_run_begin(&run, work, z.w.data, &batch, MAH_RUN_GRADIENT));
      assert_ok(mah_run_load(&run, &rows, 0));
      assert_ok(mah_run_go(&run, &(mah_leg){.fetches = 1}, NULL));
      mah_sparse_inputs_merge(&work->sparse, &batch, MAH_FLOAT32, run.piece.shards.count, 0, 12);
      mah_sparse_columns all = mah_sparse_inputs_merge(&work->sparse, &batch, MAH_FLOAT32,
                                                       run.piece.shards.count, 12, WIDE - 12);
      check_lists(&z, &run, &all);
    }
  assert_ok(mah_parallel_use(before));
  free_zeros(&z);
}

/* Wherever it fails, the next batches find room: one as small as before, and a larger one. */
static void memory_runs_out_anywhere_and_it_goes_on(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  int failures = 0, form = 0;
  mah_status status = MAH_ERROR_MEMORY;
  assert_ok(mah_parallel_use(4)); /* so that the larger batch has more shards */
  for (int n = 1; form < FORMS; n++) {
    zeros z = new_zeros();
    double loss;
    check_zeros(&z, 0, 20, n % FORMS);
    mah_batch batch = some_rows(&z, 0, 300, form);
    mah_memory_fail_at(n);
    status = mah_mlp_gradient(z.net, &loss, &z.g, &z.w, &batch);
    mah_memory_fail_at(0);
    if (status != MAH_OK) failures++;
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
    check_zeros(&z, 0, 20, n % FORMS);
    check_zeros(&z, 0, 200, (n + 1) % FORMS);
    free_zeros(&z);
    if (status == MAH_OK) form++, n = 0;
  }
  assert_true(failures > 10 * FORMS);
  assert_ok(mah_parallel_use(before));
}

/* More shards of as many rows want more room; without it, fewer still have theirs. */
static void memory_runs_out_for_more_shards(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  mah_status status = MAH_ERROR_MEMORY;
  int failures = 0;
  for (int n = 1; status != MAH_OK; n++) {
    zeros z = new_zeros();
    mah_batch batch = some_rows(&z, 0, 300, n % FORMS);
    double loss;
    assert_ok(mah_parallel_use(1));
    check_zeros(&z, 0, 300, n % FORMS);
    assert_ok(mah_parallel_use(8));
    mah_memory_fail_at(n);
    status = mah_mlp_gradient(z.net, &loss, &z.g, &z.w, &batch);
    mah_memory_fail_at(0);
    if (status != MAH_OK) failures++;
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
    assert_ok(mah_parallel_use(1));
    check_zeros(&z, 0, 300, n % FORMS);
    free_zeros(&z);
  }
  assert_true(failures >= 4);
  assert_ok(mah_parallel_use(before));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_is_that_of_plain_loops_for_any_number_of_shards),
      cmocka_unit_test(room_grows_and_serves_both_forms),
      cmocka_unit_test(some_rows_and_all_of_them_come_out_the_same),
      cmocka_unit_test(rows_alone_give_the_same_bits),
      cmocka_unit_test(merged_lists_hold_all_shards_in_the_order_of_rows),
      cmocka_unit_test(memory_runs_out_anywhere_and_it_goes_on),
      cmocka_unit_test(memory_runs_out_for_more_shards),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
