#include "grad/entropy.h"

#include "base/simd.h"
#include "grad/kernels/entropy.h"
#include "tensor/product.h"

MAH_DECLARE_VARIANTS(mah_entropy_table, mah_entropy_rows);

static int32_t class_at(const mah_tensor *class_of, int64_t i) {
  return ((const int32_t *)class_of->data)[i * class_of->step[0]];
}

static mah_status check(const mah_tensor *x, const mah_tensor *class_of) {
  MAH_TRY(mah_tensor_check_float(x, "cross_entropy"));
  MAH_TRY(mah_tensor_check_dtype(class_of, "cross_entropy: the classes", MAH_INT32));
  if (x->ndim != 2 || class_of->ndim != 1 || class_of->extent[0] != x->extent[0])
    return mah_fail(MAH_ERROR_SHAPE, "cross_entropy: the classes are %s, the scores %s",
                    mah_tensor_describe(class_of), mah_tensor_describe(x));
  if (!mah_tensor_is_contiguous(x))
    return mah_fail(MAH_ERROR_ARGUMENT, "cross_entropy: %s has gaps between its elements",
                    mah_tensor_describe(x));
  for (int64_t i = 0; i < x->extent[0]; i++) {
    int32_t of = class_at(class_of, i);
    if (of < 0 || of >= x->extent[1])
      return mah_fail(MAH_ERROR_ARGUMENT, "cross_entropy: class %d is none of 0 ... %d", of,
                      (int32_t)x->extent[1] - 1);
  }
  return MAH_OK;
}

/* A vector with one element for each row of x? */
static mah_status check_vector(const mah_tensor *t, const mah_tensor *x, const char *name) {
  MAH_TRY(mah_tensor_check_dtype(t, name, x->elem));
  if (t->ndim == 1 && t->extent[0] == x->extent[0]) return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s beside %s", name, mah_tensor_describe(t),
                  mah_tensor_describe(x));
}

mah_status mah_class_entropy(mah_tensor *y, const mah_tensor *x, const mah_tensor *class_of) {
  MAH_TRY(check(x, class_of));
  MAH_TRY(check_vector(y, x, "cross_entropy: out"));
  const mah_entropy_table *table = MAH_PICK(mah_entropy_rows);
  int64_t row = x->extent[1] * mah_dtype_size(x->elem);
  for (int64_t i = 0; i < x->extent[0]; i++) {
    double value = table->entropy[x->elem]((const char *)x->data + i * row, x->extent[1],
                                           class_at(class_of, i));
    if (x->elem == MAH_FLOAT32)
      ((float *)y->data)[i * y->step[0]] = (float)value;
    else
      ((double *)y->data)[i * y->step[0]] = value;
  }
  return MAH_OK;
}

mah_status mah_back_class_entropy(mah_tensor *out, const mah_tensor *g, const mah_tensor *x,
                                  const mah_tensor *class_of, int32_t add) {
  MAH_TRY(check(x, class_of));
  MAH_TRY(check_vector(g, x, "backward: g"));
  MAH_TRY(mah_tensor_check_dtype(out, "backward: out", x->elem));
  if (out->ndim != 2 || out->extent[0] != x->extent[0] || out->extent[1] != x->extent[1] ||
      !mah_tensor_is_contiguous(out))
    return mah_fail(MAH_ERROR_SHAPE, "backward: %s does not fit", mah_tensor_describe(out));
  const mah_entropy_table *table = MAH_PICK(mah_entropy_rows);
  int64_t n = x->extent[1], row = n * mah_dtype_size(x->elem);
  for (int64_t i = 0; i < x->extent[0]; i++) {
    double slope = x->elem == MAH_FLOAT32 ? (double)((const float *)g->data)[i * g->step[0]]
                                          : ((const double *)g->data)[i * g->step[0]];
    table->back[x->elem]((char *)out->data + i * row, slope, (const char *)x->data + i * row,
                         add != 0, n, class_at(class_of, i));
  }
  return MAH_OK;
}
