#include "grad/backward.h"

#include "base/simd.h"
#include "grad/kernels/backward.h"
#include "tensor/affine.h"
#include "tensor/product.h"

MAH_DECLARE_VARIANTS(mah_backward_table, mah_backward_rows);

#define NAME(name, of, slope) #name,
static const char *const names[] = {MAH_BACK_MAPS(NAME)};
#undef NAME

enum { x, y };
#define OF(name, of, slope) of,
static const int8_t written_with[] = {MAH_BACK_MAPS(OF)};
#undef OF

const char *mah_back_name(int32_t op) { return op >= 0 && op < MAH_BACK_COUNT ? names[op] : NULL; }

int32_t mah_back_is_of_y(int32_t op) {
  return op >= 0 && op < MAH_BACK_COUNT && written_with[op] == y;
}

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check(const mah_tensor *out, const mah_tensor *t, const char *what) {
  MAH_TRY(mah_tensor_check_float(out, "backward: out"));
  MAH_TRY(mah_tensor_check(t, what));
  if (t->elem != out->elem)
    return mah_fail(MAH_ERROR_DTYPE, "%s: %s beside %s", what, mah_tensor_describe(t),
                    mah_tensor_describe(out));
  return MAH_OK;
}

static mah_status check_rows(const mah_tensor *t, const char *what) {
  if (mah_tensor_is_contiguous(t)) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "%s: %s has gaps between its elements", what,
                  mah_tensor_describe(t));
}

static mah_status check_shape(const mah_tensor *t, int32_t ndim, const int64_t *extent,
                              const char *what) {
  int same = t->ndim == ndim;
  for (int32_t d = 0; same && d < ndim; d++) same = t->extent[d] == extent[d];
  if (same) return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s does not fit", what, mah_tensor_describe(t));
}

/* What goes into out element by element: all of one shape, without gaps. */
static mah_status check_elements(const mah_tensor *out, const mah_tensor *g, const mah_tensor *of,
                                 const char *what) {
  MAH_TRY(check(out, g, "backward: g"));
  MAH_TRY(check(out, of, what));
  MAH_TRY(check_rows(out, "backward: out"));
  MAH_TRY(check_rows(g, "backward: g"));
  MAH_TRY(check_rows(of, what));
  MAH_TRY(check_shape(g, out->ndim, out->extent, "backward: g"));
  return check_shape(of, out->ndim, out->extent, what);
}

/* -- The gradients ----------------------------------------------------------------------------- */

mah_status mah_back_map(mah_tensor *out, int32_t op, const mah_tensor *g, const mah_tensor *of,
                        int32_t add) {
  if (mah_back_name(op) == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "backward: there is no operation %d", op);
  MAH_TRY(check_elements(out, g, of, "backward: x or y"));
  MAH_PICK(mah_backward_rows)
      ->map[op][out->elem](out->data, g->data, of->data, add != 0, mah_tensor_count(out));
  return MAH_OK;
}

mah_status mah_back_product(mah_tensor *out, const mah_tensor *g, const mah_tensor *b,
                            int32_t add) {
  MAH_TRY(check_elements(out, g, b, "backward: b"));
  MAH_PICK(mah_backward_rows)
      ->product[out->elem](out->data, g->data, b->data, add != 0, mah_tensor_count(out));
  return MAH_OK;
}

mah_status mah_back_rows(mah_tensor *out, const mah_tensor *g, int32_t add) {
  MAH_TRY(check(out, g, "backward: g"));
  MAH_TRY(check_rows(out, "backward: out"));
  MAH_TRY(check_rows(g, "backward: g"));
  if (g->ndim != 2 || out->ndim != 1 || out->extent[0] != g->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "backward: rows of %s in %s", mah_tensor_describe(g),
                    mah_tensor_describe(out));
  MAH_PICK(mah_backward_rows)
      ->rows[out->elem](out->data, g->data, add != 0, g->extent[0], g->extent[1]);
  return MAH_OK;
}

static double element(const mah_tensor *t, int64_t i) {
  i *= t->step[0];
  return t->elem == MAH_FLOAT32 ? (double)((const float *)t->data)[i]
                                : ((const double *)t->data)[i];
}

mah_status mah_back_logsumexp(mah_tensor *out, const mah_tensor *g, const mah_tensor *of,
                              const mah_tensor *sums, int32_t add) {
  MAH_TRY(check(out, g, "backward: g"));
  MAH_TRY(check(out, of, "backward: x"));
  MAH_TRY(check(out, sums, "backward: y"));
  MAH_TRY(check_rows(out, "backward: out"));
  MAH_TRY(check_rows(of, "backward: x"));
  if (out->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "backward: a matrix is expected, got %s",
                    mah_tensor_describe(out));
  MAH_TRY(check_shape(of, 2, out->extent, "backward: x"));
  MAH_TRY(check_shape(g, 1, out->extent, "backward: g"));
  MAH_TRY(check_shape(sums, 1, out->extent, "backward: y"));
  int64_t n = out->extent[1], row = n * mah_dtype_size(out->elem);
  const mah_backward_table *table = MAH_PICK(mah_backward_rows);
  for (int64_t i = 0; i < out->extent[0]; i++)
    table->logsumexp[out->elem]((char *)out->data + i * row, element(g, i),
                                (const char *)of->data + i * row, element(sums, i), add != 0, n);
  return MAH_OK;
}

static int64_t code_at(const mah_tensor *code, int64_t k) {
  return code->elem == MAH_INT32 ? ((const int32_t *)code->data)[k]
                                 : ((const int64_t *)code->data)[k];
}

static mah_status check_codes(const mah_tensor *code, int64_t n, int64_t categories) {
  MAH_TRY(mah_tensor_check(code, "embedding: codes"));
  if (code->elem != MAH_INT32 && code->elem != MAH_INT64)
    return mah_fail(MAH_ERROR_DTYPE, "embedding: codes: int32 or int64 is expected, got %s",
                    mah_tensor_describe(code));
  MAH_TRY(check_rows(code, "embedding: codes"));
  MAH_TRY(check_shape(code, 1, &n, "embedding: codes"));
  for (int64_t k = 0; k < n; k++)
    if (code_at(code, k) < 0 || code_at(code, k) >= categories)
      return mah_fail(MAH_ERROR_ARGUMENT, "embedding: code %lld is none of 0 ... %lld",
                      (long long)code_at(code, k), (long long)categories - 1);
  return MAH_OK;
}

#define ADD_ROW(T, to, from, n)                                                                    \
  for (int64_t j = 0; j < (n); j++) ((T *)(to))[j] += ((const T *)(from))[j]

mah_status mah_back_embedding(mah_tensor *out, const mah_tensor *g, const mah_tensor *code,
                              int32_t add) {
  MAH_TRY(check(out, g, "embedding: g"));
  MAH_TRY(check_rows(out, "embedding: out"));
  MAH_TRY(check_rows(g, "embedding: g"));
  if (out->ndim != 2 || g->ndim != 2 || g->extent[1] != out->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "embedding: rows of %s in %s", mah_tensor_describe(g),
                    mah_tensor_describe(out));
  MAH_TRY(check_codes(code, g->extent[0], out->extent[0]));
  if (!add) MAH_TRY(mah_tensor_fill(out, 0));
  int64_t n = out->extent[1], row = n * mah_dtype_size(out->elem);
  for (int64_t k = 0; k < g->extent[0]; k++) {
    void *to = (char *)out->data + code_at(code, k) * row;
    const void *from = (const char *)g->data + k * row;
    if (out->elem == MAH_FLOAT32)
      ADD_ROW(float, to, from, n);
    else
      ADD_ROW(double, to, from, n);
  }
  return MAH_OK;
}

/* A view without a reference. */
static mah_tensor transposed(const mah_tensor *t) {
  mah_tensor view = *t;
  view.extent[0] = t->extent[1], view.extent[1] = t->extent[0];
  view.step[0] = t->step[1], view.step[1] = t->step[0];
  return view;
}

mah_status mah_back_matmul(mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                           int32_t turned, int32_t add) {
  MAH_TRY(check(out, a, "backward: first matrix"));
  MAH_TRY(check(out, b, "backward: second matrix"));
  if (a->ndim != 2 || b->ndim != 2) return mah_product_fail_shapes("backward", a, b);
  mah_tensor left = turned == 1 ? transposed(a) : *a, right = turned == 2 ? transposed(b) : *b;
  return mah_tensor_affine(out, &left, &right, NULL, add);
}
