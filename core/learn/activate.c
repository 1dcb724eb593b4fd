#include "learn/activate.h"

#include "learn/kernels/kernels.h"
#include "tensor/product.h"
#include "tensor/split.h"

#include <string.h>

enum { PIECE = 512 }; /* elements at a time: what the kernels want beside stays in the cache */

static mah_status check(const mah_tensor *t, const mah_tensor *like, const char *name) {
  MAH_TRY(mah_tensor_check_float(t, name));
  int fits = t->elem == like->elem && t->ndim == like->ndim && mah_tensor_is_contiguous(t);
  for (int32_t d = 0; fits && d < t->ndim; d++) fits = t->extent[d] == like->extent[d];
  if (fits) return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s beside %s", name, mah_tensor_describe(t),
                  mah_tensor_describe(like));
}

static mah_status check_activation(int32_t activation) {
  if (mah_activation_name(activation) != NULL) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "there is no activation %d", activation);
}

/* The piece from element `at` on, and its length. */
static char *piece_of(const mah_tensor *t, int64_t at, int64_t *n) {
  int64_t left = mah_tensor_count(t) - at;
  *n = left < PIECE ? left : PIECE;
  return (char *)t->data + at * mah_dtype_size(t->elem);
}

static void forward_part(void *context, mah_tensor *const *part) {
  int32_t activation = *(const int32_t *)context;
  size_t size = (size_t)mah_dtype_size(part[0]->elem);
  int64_t n, count = mah_tensor_count(part[0]);
  for (int64_t at = 0; at < count; at += PIECE) {
    double z[PIECE];
    char *out = piece_of(part[0], at, &n);
    memcpy(out, piece_of(part[1], at, &n), (size_t)n * size);
    mah_learn(part[0]->elem)->activate(activation, out, z, n);
  }
}

mah_status mah_activation_forward(mah_tensor *out, int32_t activation, const mah_tensor *x) {
  MAH_TRY(check_activation(activation));
  MAH_TRY(check(x, x, "activation: x"));
  MAH_TRY(check(out, x, "activation: out"));
  const mah_tensor *operand[] = {out, x};
  if (mah_splits(mah_tensor_count(out))) return mah_split(forward_part, &activation, 2, operand);
  forward_part(&activation, (mah_tensor *[]){out, (mah_tensor *)x});
  return MAH_OK;
}

static void add_piece(void *to, const void *from, int32_t elem, int64_t n) {
  if (elem == MAH_FLOAT32)
    for (int64_t i = 0; i < n; i++) ((float *)to)[i] += ((const float *)from)[i];
  else
    for (int64_t i = 0; i < n; i++) ((double *)to)[i] += ((const double *)from)[i];
}

typedef struct slope {
  int32_t activation, add;
} slope;

static void backward_part(void *context, mah_tensor *const *part) {
  const slope *s = context;
  int32_t elem = part[0]->elem;
  size_t size = (size_t)mah_dtype_size(elem);
  int64_t n, count = mah_tensor_count(part[0]);
  for (int64_t at = 0; at < count; at += PIECE) {
    double room[PIECE];
    char *out = piece_of(part[0], at, &n);
    void *dx = s->add ? (void *)room : out;
    memcpy(dx, piece_of(part[1], at, &n), (size_t)n * size);
    mah_learn(elem)->activate_backward(s->activation, dx, piece_of(part[3], at, &n),
                                       piece_of(part[2], at, &n), n);
    if (s->add) add_piece(out, dx, elem, n);
  }
}

mah_status mah_activation_backward(mah_tensor *out, int32_t activation, const mah_tensor *g,
                                   const mah_tensor *x, const mah_tensor *y, int32_t add) {
  MAH_TRY(check_activation(activation));
  MAH_TRY(check(x, x, "activation: x"));
  MAH_TRY(check(g, x, "activation: g"));
  MAH_TRY(check(y, x, "activation: y"));
  MAH_TRY(check(out, x, "activation: out"));
  slope s = {activation, add};
  const mah_tensor *operand[] = {out, g, x, y};
  if (mah_splits(mah_tensor_count(out))) return mah_split(backward_part, &s, 4, operand);
  backward_part(&s, (mah_tensor *[]){out, (mah_tensor *)g, (mah_tensor *)x, (mah_tensor *)y});
  return MAH_OK;
}
