#include "learn/vector.h"

#include "learn/kernels/kernels.h"

#include <string.h>

/* -- Checks ------------------------------------------------------------------------------------ */

mah_status mah_vector_check(const mah_tensor *x, const char *name) {
  MAH_TRY(mah_tensor_check(x, name));
  if (x->elem != MAH_FLOAT32 && x->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "%s: float32 or float64 is expected, got %s", name,
                    mah_tensor_describe(x));
  if (x->ndim != 1 || !mah_tensor_is_contiguous(x))
    return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector is expected, got %s", name,
                    mah_tensor_describe(x));
  return MAH_OK;
}

mah_status mah_vector_check_like(const mah_tensor *x, const char *name, const mah_tensor *first,
                                 const char *first_name) {
  MAH_TRY(mah_tensor_check(x, name));
  if (x->ndim != 1 || x->elem != first->elem || x->extent[0] != first->extent[0] ||
      !mah_tensor_is_contiguous(x))
    return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector like %s (%s) is expected, got %s",
                    name, first_name, mah_tensor_describe(first), mah_tensor_describe(x));
  return MAH_OK;
}

static mah_status check_apart(const mah_tensor *x, const char *x_name, const mah_tensor *y,
                              const char *y_name) {
  if (mah_tensor_count(x) > 0 && mah_tensor_overlaps(x, y))
    return mah_fail(MAH_ERROR_ARGUMENT, "%s and %s share memory", x_name, y_name);
  return MAH_OK;
}

/* -- Operations -------------------------------------------------------------------------------- */

mah_status mah_vector_combine(double *dot_, mah_tensor *out, double a, const mah_tensor *x,
                              double b, const mah_tensor *y, const mah_tensor *z_) {
  MAH_TRY(mah_vector_check(out, "out"));
  MAH_TRY(mah_vector_check_like(x, "x", out, "out"));
  MAH_TRY(mah_vector_check_like(y, "y", out, "out"));
  if (x->data != out->data) MAH_TRY(check_apart(out, "out", x, "x"));
  if (y->data != out->data) MAH_TRY(check_apart(out, "out", y, "y"));
  if ((dot_ == NULL) != (z_ == NULL))
    return mah_fail(MAH_ERROR_ARGUMENT, "a dot product and its vector z go together");
  if (z_ != NULL) {
    MAH_TRY(mah_vector_check_like(z_, "z", out, "out"));
    MAH_TRY(check_apart(out, "out", z_, "z"));
  }
  double dot = mah_learn(out->elem)->combine(out->data, a, x->data, b, y->data,
                                             z_ ? z_->data : NULL, out->extent[0]);
  if (dot_ != NULL) *dot_ = dot;
  return MAH_OK;
}

mah_status mah_vector_dot_and_max(double *dot, double *largest, const mah_tensor *x,
                                  const mah_tensor *y) {
  MAH_TRY(mah_vector_check(x, "x"));
  MAH_TRY(mah_vector_check_like(y, "y", x, "x"));
  mah_learn(x->elem)->dot_and_max(dot, largest, x->data, y->data, x->extent[0]);
  return MAH_OK;
}

mah_status mah_vector_advance(double *sy, double *yy, mah_tensor *w, mah_tensor *g, mah_tensor *s,
                              mah_tensor *y, const mah_tensor *new_w, const mah_tensor *new_g) {
  const struct {
    const char *name;
    const mah_tensor *x;
  } vectors[] = {{"w", w}, {"g", g}, {"s", s}, {"y", y}, {"new_w", new_w}, {"new_g", new_g}};
  enum { VECTORS = sizeof vectors / sizeof *vectors };
  MAH_TRY(mah_vector_check(w, "w"));
  for (int i = 1; i < VECTORS; i++) {
    MAH_TRY(mah_vector_check_like(vectors[i].x, vectors[i].name, w, "w"));
    for (int j = 0; j < i; j++)
      MAH_TRY(check_apart(vectors[j].x, vectors[j].name, vectors[i].x, vectors[i].name));
  }
  mah_learn(w->elem)->advance(sy, yy,
                              &(mah_secant){.w = w->data,
                                            .g = g->data,
                                            .s = s->data,
                                            .y = y->data,
                                            .new_w = new_w->data,
                                            .new_g = new_g->data,
                                            .n = w->extent[0]});
  return MAH_OK;
}

mah_status mah_vector_same(int32_t *same, const mah_tensor *x, const mah_tensor *y) {
  MAH_TRY(mah_vector_check(x, "x"));
  MAH_TRY(mah_vector_check_like(y, "y", x, "x"));
  size_t bytes = (size_t)(x->extent[0] * mah_dtype_size(x->elem));
  *same = bytes == 0 || memcmp(x->data, y->data, bytes) == 0;
  return MAH_OK;
}
