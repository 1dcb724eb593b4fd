#include "tensor/product.h"

#include "base/parallel.h"
#include "base/simd.h"
#include "tensor/kernels/pieces.h"
#include "tensor/kernels/product.h"
#include "tensor/loop.h"

#include <cblas.h>
#include <inttypes.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_pieces_table, mah_pieces);
MAH_DECLARE_VARIANTS(mah_product_table, mah_product_kernels);

/* -- Checks and copies ------------------------------------------------------------------------- */

mah_status mah_tensor_check_float(const mah_tensor *t, const char *function) {
  MAH_TRY(mah_tensor_check(t, function));
  if (t->elem != MAH_FLOAT32 && t->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE,
                    "%s: float32 or float64 is expected, got %s; x:float() converts it", function,
                    mah_tensor_describe(t));
  return MAH_OK;
}

mah_status mah_tensor_row_major(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  if (t->elem == dtype && mah_tensor_is_contiguous(t)) return mah_tensor_alias(out, t);
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  mah_status status = mah_tensor_copy(out, t);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_product_fail_shapes(const char *function, const mah_tensor *a, const mah_tensor *b) {
  return mah_fail(MAH_ERROR_SHAPE, "%s: shapes do not fit: %s and %s", function,
                  mah_tensor_describe(a), mah_tensor_describe(b));
}

mah_status mah_product_check_extent(const mah_tensor *t) {
  for (int32_t d = 0; d < t->ndim; d++)
    if (t->extent[d] > INT32_MAX || (t->extent[d] > 1 && t->step[d] > INT32_MAX))
      return mah_fail(MAH_ERROR_SHAPE, "%s is too large for BLAS", mah_tensor_describe(t));
  return MAH_OK;
}

/* -- One product of matrices ------------------------------------------------------------------- */

/* Can BLAS walk the matrix along its dimension `along` with a leading dimension across it? */
static int walks(const mah_tensor *t, int32_t along) {
  int64_t across = t->extent[1 - along] == 1 ? t->extent[along] : t->step[1 - along];
  return (t->extent[along] <= 1 || t->step[along] == 1) && across >= t->extent[along];
}

/* A matrix as BLAS wants it. */
typedef struct operand {
  mah_tensor view; /* of the tensor itself or of a copy */
  CBLAS_TRANSPOSE transpose;
  int leading;
} operand;

static void lay(operand *o) {
  int32_t along = walks(&o->view, 1) ? 1 : 0;
  int64_t least = o->view.extent[along] > 1 ? o->view.extent[along] : 1;
  int64_t across = o->view.extent[1 - along] == 1 ? least : o->view.step[1 - along];
  o->transpose = along == 1 ? CblasNoTrans : CblasTrans;
  o->leading = (int)(across > least ? across : least);
}

static mah_status prepare(operand *o, const mah_tensor *t, int32_t dtype) {
  memset(o, 0, sizeof *o);
  if (t->elem == dtype && (walks(t, 0) || walks(t, 1)))
    MAH_TRY(mah_tensor_alias(&o->view, t));
  else
    MAH_TRY(mah_tensor_row_major(&o->view, t, dtype));
  lay(o);
  return MAH_OK;
}

/* c = alpha a b + beta c; c row major with a leading dimension. */
static void gemm_whole(operand *c, const operand *a, const operand *b, double alpha, double beta) {
  int m = (int)c->view.extent[0], n = (int)c->view.extent[1], k = (int)a->view.extent[1];
  if (c->view.elem == MAH_FLOAT32)
    cblas_sgemm(CblasRowMajor, a->transpose, b->transpose, m, n, k, (float)alpha, a->view.data,
                a->leading, b->view.data, b->leading, (float)beta, c->view.data, c->leading);
  else
    cblas_dgemm(CblasRowMajor, a->transpose, b->transpose, m, n, k, alpha, a->view.data, a->leading,
                b->view.data, b->leading, beta, c->view.data, c->leading);
}

/* -- Panels of a product, by several threads ------------------------------------------------------
 *
 * BLAS adds up the terms of a panel's elements in another order than the whole's: so the panels
 * are the same ones for any number of threads, and few.
 */
enum { PANEL = 250, UNIT = 16, MOST_PANELS = 64, LEAST_PRODUCTS = 1 << 23 };

typedef struct panels {
  const operand *c, *a, *b;
  double alpha, beta;
  int64_t length; /* rows or columns of c, which are cut */
  int32_t count, by_columns;
  int is_symmetric; /* a a^T: panels end at the diagonal, and their mirror images are copied */
} panels;

static int64_t panel_begin(const panels *p, int32_t i) {
  return i >= p->count ? p->length : p->length * i / p->count / UNIT * UNIT;
}

/* Rows (dimension 0) or columns (1) of an operand as it lies. */
static operand part_of(const operand *o, int32_t dim, int64_t from, int64_t to) {
  operand part = *o;
  int64_t across = (o->transpose == CblasNoTrans) == (dim == 0) ? o->leading : 1;
  part.view.data = (char *)o->view.data + from * across * mah_dtype_size(o->view.elem);
  part.view.extent[dim] = to - from;
  return part;
}

/* c[0 ... from, from ... to] = c[from ... to, 0 ... from]^T */
static void mirror(const operand *c, int64_t from, int64_t to) {
  int64_t size = mah_dtype_size(c->view.elem);
  char *data = c->view.data;
  MAH_PICK(mah_pieces)
      ->turn[c->view.elem](data + from * size, c->leading, data + from * c->leading * size,
                           c->leading, from, to - from);
}

static void gemm_panel(void *context, int32_t i) {
  const panels *p = context;
  int64_t from = panel_begin(p, i), to = panel_begin(p, i + 1);
  operand c = part_of(p->c, p->by_columns, from, to);
  operand a = p->by_columns ? *p->a : part_of(p->a, 0, from, to);
  operand b = p->by_columns ? part_of(p->b, 1, from, to) : *p->b;
  if (p->is_symmetric) {
    c = part_of(&c, 1, 0, to);
    b = part_of(&b, 1, 0, to);
  }
  gemm_whole(&c, &a, &b, p->alpha, p->beta);
  if (p->is_symmetric) mirror(p->c, from, to);
}

/* Is b a's transpose? */
static int is_transpose(const operand *b, const operand *a) {
  return b->view.data == a->view.data && b->leading == a->leading && b->transpose != a->transpose &&
         b->view.extent[0] == a->view.extent[1] && b->view.extent[1] == a->view.extent[0];
}

static void gemm(operand *c, const operand *a, const operand *b, double alpha, double beta) {
  int64_t m = c->view.extent[0], n = c->view.extent[1];
  panels p = {.c = c, .a = a, .b = b, .alpha = alpha, .beta = beta, .by_columns = n > m};
  p.length = n > m ? n : m;
  p.is_symmetric = beta == 0 && is_transpose(b, a);
  double products = (double)m * (double)n * (double)a->view.extent[1];
  int64_t count = products < LEAST_PRODUCTS ? 1 : (p.length + PANEL / 2) / PANEL;
  p.count = (int32_t)(count > MOST_PANELS ? MOST_PANELS : count == 3 ? 4 : count);
  if (p.count > 1)
    mah_parallel_run(gemm_panel, &p, p.count);
  else
    gemm_whole(c, a, b, alpha, beta);
}

/* c = alpha a x + beta c with one column x: twice as fast as gemm. */
static void gemv(operand *c, const operand *a, const operand *x, double alpha, double beta) {
  int m = (int)a->view.extent[0], k = (int)a->view.extent[1];
  int rows = a->transpose == CblasNoTrans ? m : k, columns = a->transpose == CblasNoTrans ? k : m;
  int x_step = k > 1 ? (int)x->view.step[0] : 1, c_step = m > 1 ? (int)c->view.step[0] : 1;
  if (c->view.elem == MAH_FLOAT32)
    cblas_sgemv(CblasRowMajor, a->transpose, rows, columns, (float)alpha, a->view.data, a->leading,
                x->view.data, x_step, (float)beta, c->view.data, c_step);
  else
    cblas_dgemv(CblasRowMajor, a->transpose, rows, columns, alpha, a->view.data, a->leading,
                x->view.data, x_step, beta, c->view.data, c_step);
}

static void clear(mah_tensor *c) {
  if (mah_tensor_is_contiguous(c))
    memset(c->data, 0, (size_t)(mah_tensor_count(c) * mah_dtype_size(c->elem)));
  else
    mah_tensor_fill(c, 0);
}

/* c is walked along its rows, or is one column. It lies apart from a and b, and is not empty. */
static mah_status multiply(mah_tensor *c, const mah_tensor *a, const mah_tensor *b, double alpha,
                           double beta) {
  operand x, y, z = {.view = *c};
  MAH_TRY(prepare(&x, a, c->elem));
  mah_status status = prepare(&y, b, c->elem);
  if (status == MAH_OK) {
    int column = c->extent[1] == 1 && a->extent[1] > 0; /* gemv does nothing for no terms */
    if (column && beta == 0) clear(c);                  /* some gemv read c nevertheless */
    if (!column) lay(&z);
    (column ? gemv : gemm)(&z, &x, &y, alpha, beta);
    mah_tensor_release(&y.view);
  }
  mah_tensor_release(&x.view);
  return status;
}

static mah_tensor transposed(const mah_tensor *t) {
  mah_tensor result = *t; /* a view that holds no reference */
  result.extent[0] = t->extent[1];
  result.extent[1] = t->extent[0];
  result.step[0] = t->step[1];
  result.step[1] = t->step[0];
  return result;
}

/* The same through a new matrix, copied to c at the end. */
static mah_status multiply_beside(mah_tensor *c, const mah_tensor *a, const mah_tensor *b,
                                  double alpha, double beta) {
  mah_tensor beside = {0};
  MAH_TRY(mah_tensor_new(&beside, c->elem, 2, c->extent));
  mah_status status = beta != 0 ? mah_tensor_copy(&beside, c) : MAH_OK;
  if (status == MAH_OK) status = mah_tensor_mm(&beside, a, b, alpha, beta);
  if (status == MAH_OK) status = mah_tensor_copy(c, &beside);
  mah_tensor_release(&beside);
  return status;
}

/* c = a b for all of a batch without BLAS, which takes longer to begin than small matrices take; 0:
 * not for these. */
static int multiply_small(const mah_tensor *c, const mah_tensor *a, const mah_tensor *b) {
  enum { MOST = 16 };
  int32_t row = c->ndim - 2, column = c->ndim - 1;
  mah_small_product p = {.m = c->extent[row],
                         .n = c->extent[column],
                         .k = a->extent[column],
                         .c_step = c->step[row],
                         .a_step = a->step[row],
                         .a_along = a->step[column],
                         .b_step = b->step[row]};
  mah_tensor batches[3] = {*c, *a, *b}; /* not counted references */
  mah_loop loop;
  if (p.m > MOST || p.n > MOST || p.k > MOST || (p.n > 1 && b->step[column] != 1)) return 0;
  for (int i = 0; i < 3; i++) batches[i].ndim -= 2;
  if (mah_loop_plan(&loop, 3, (const mah_tensor *[]){batches, batches + 1, batches + 2}) != MAH_OK)
    return 0;
  mah_small_matmul *matmul = MAH_PICK(mah_product_kernels)->matmul[c->elem == MAH_FLOAT64];
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t i = 0; i < loop.count; i++) {
      p.c = loop.data[0] + i * loop.step[0];
      p.a = loop.data[1] + i * loop.step[1];
      p.b = loop.data[2] + i * loop.step[2];
      matmul(&p);
    }
  return 1;
}

mah_status mah_tensor_mm(mah_tensor *c, const mah_tensor *a, const mah_tensor *b, double alpha,
                         double beta) {
  MAH_TRY(mah_tensor_check_float(c, "mm: out"));
  MAH_TRY(mah_tensor_check_float(a, "mm"));
  MAH_TRY(mah_tensor_check_float(b, "mm"));
  if (a->elem != c->elem || b->elem != c->elem)
    return mah_fail(MAH_ERROR_DTYPE, "mm: one dtype is expected: out %s, %s and %s",
                    mah_tensor_describe(c), mah_tensor_describe(a), mah_tensor_describe(b));
  if (a->ndim != 2 || b->ndim != 2 || a->extent[1] != b->extent[0])
    return mah_product_fail_shapes("mm", a, b);
  if (c->ndim != 2 || c->extent[0] != a->extent[0] || c->extent[1] != b->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "mm: out is %s, but %s and %s are multiplied",
                    mah_tensor_describe(c), mah_tensor_describe(a), mah_tensor_describe(b));
  MAH_TRY(mah_product_check_extent(a));
  MAH_TRY(mah_product_check_extent(b));
  MAH_TRY(mah_product_check_extent(c));
  if (c->extent[0] == 0 || c->extent[1] == 0) return MAH_OK;
  if (mah_tensor_share(c, a) || mah_tensor_share(c, b) || !(walks(c, 0) || walks(c, 1)))
    return multiply_beside(c, a, b, alpha, beta);
  int one_row = c->extent[0] == 1 && c->extent[1] > 1, is_plain = alpha == 1 && beta == 0;
  if (is_plain && walks(c, 1) && multiply_small(c, a, b)) return MAH_OK;
  if (walks(c, 1) && !one_row) return multiply(c, a, b, alpha, beta);
  mah_tensor ct = transposed(c), at = transposed(a), bt = transposed(b); /* c^T = b^T a^T */
  return multiply(&ct, &bt, &at, alpha, beta);
}

/* -- Batches and vectors ----------------------------------------------------------------------- */

/* The n-th matrix of a batch: a view that holds no reference. */
static mah_tensor nth_matrix(const mah_tensor *t, int64_t n) {
  mah_tensor m = *t;
  char *data = t->data;
  for (int32_t d = t->ndim - 3; d >= 0; d--) {
    data += n % t->extent[d] * t->step[d] * mah_dtype_size(t->elem);
    n /= t->extent[d];
  }
  m.data = data;
  m.ndim = 2;
  memcpy(m.extent, t->extent + t->ndim - 2, 2 * sizeof *m.extent);
  memcpy(m.step, t->step + t->ndim - 2, 2 * sizeof *m.step);
  return m;
}

/* A vector as a matrix: with its dimension 0 or 1 new. More dimensions, or another dtype: as is. */
static mah_status as_matrices(mah_tensor *out, const mah_tensor *t, int32_t dim, int32_t dtype) {
  mah_tensor converted = {0};
  if (t->elem == dtype)
    MAH_TRY(mah_tensor_alias(&converted, t));
  else
    MAH_TRY(mah_tensor_row_major(&converted, t, dtype));
  mah_status status =
      t->ndim == 1 ? mah_tensor_unsqueeze(out, &converted, dim) : mah_tensor_alias(out, &converted);
  mah_tensor_release(&converted);
  return status;
}

/* out's shape, vectors being matrices already, and the views of a and b that have its batches. */
static mah_status plan_batches(mah_tensor *out, mah_tensor *a_view, mah_tensor *b_view,
                               const mah_tensor *a, const mah_tensor *b) {
  mah_tensor a_batch = *a, b_batch = *b;
  int64_t extent[MAH_MAX_DIMS], a_extent[MAH_MAX_DIMS], b_extent[MAH_MAX_DIMS];
  int32_t ndim;
  a_batch.ndim -= 2;
  b_batch.ndim -= 2;
  if (a->extent[a->ndim - 1] != b->extent[b->ndim - 2] ||
      mah_broadcast(&ndim, extent, &a_batch, &b_batch) != MAH_OK)
    return mah_product_fail_shapes("matmul", a, b);
  memcpy(a_extent, extent, sizeof extent);
  memcpy(b_extent, extent, sizeof extent);
  a_extent[ndim] = extent[ndim] = a->extent[a->ndim - 2];
  b_extent[ndim + 1] = extent[ndim + 1] = b->extent[b->ndim - 1];
  a_extent[ndim + 1] = b_extent[ndim] = a->extent[a->ndim - 1];
  MAH_TRY(mah_tensor_expand(a_view, a, ndim + 2, a_extent));
  MAH_TRY(mah_tensor_expand(b_view, b, ndim + 2, b_extent));
  return mah_tensor_new(out, a->elem, ndim + 2, extent);
}

static mah_status multiply_batches(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor a_view = {0}, b_view = {0};
  mah_status status = plan_batches(out, &a_view, &b_view, a, b);
  int64_t batches = status == MAH_OK && !multiply_small(out, &a_view, &b_view);
  for (int32_t d = 0; batches > 0 && d < out->ndim - 2; d++) batches *= out->extent[d];
  for (int64_t n = 0; status == MAH_OK && n < batches; n++) {
    mah_tensor c = nth_matrix(out, n), x = nth_matrix(&a_view, n), y = nth_matrix(&b_view, n);
    status = mah_tensor_mm(&c, &x, &y, 1, 0);
  }
  mah_tensor_release(&a_view);
  mah_tensor_release(&b_view);
  return status;
}

static mah_status drop(mah_tensor *out, int32_t dim) {
  mah_tensor whole = *out; /* out's reference */
  *out = (mah_tensor){0};
  mah_status status = mah_tensor_squeeze(out, &whole, dim);
  mah_tensor_release(&whole);
  return status;
}

mah_status mah_tensor_matmul(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = {0}, y = {0};
  MAH_TRY(mah_tensor_check_float(a, "matmul"));
  MAH_TRY(mah_tensor_check_float(b, "matmul"));
  if (out == NULL || out->store != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "matmul: the output tensor holds another tensor already");
  if (a->ndim == 0 || b->ndim == 0) return mah_product_fail_shapes("matmul", a, b);
  int32_t dtype = a->elem == b->elem ? a->elem : MAH_FLOAT64;
  mah_status status = as_matrices(&x, a, 0, dtype);
  if (status == MAH_OK) status = as_matrices(&y, b, 1, dtype);
  if (status == MAH_OK) status = multiply_batches(out, &x, &y);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  if (status == MAH_OK && b->ndim == 1) status = drop(out, out->ndim - 1);
  if (status == MAH_OK && a->ndim == 1) status = drop(out, out->ndim - (b->ndim > 1 ? 2 : 1));
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}
