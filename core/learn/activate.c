#include "learn/activate.h"

#include "learn/kernels/kernels.h"
#include "tensor/product.h"
#include "tensor/split.h"

#include <string.h>

enum { PIECE = 512 }; /* elements at a time: what the kernels want beside stays in the cache */

static mah_status check(int32_t activation, const mah_tensor *x) {
  if (mah_activation_name(activation) == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "there is no activation %d", activation);
  MAH_TRY(mah_tensor_check_float(x, "activation: x"));
  return mah_tensor_check_like(x, x, "activation: x");
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
  MAH_TRY(check(activation, x));
  MAH_TRY(mah_tensor_check_like(out, x, "activation: out"));
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
  MAH_TRY(check(activation, x));
  MAH_TRY(mah_tensor_check_like(g, x, "activation: g"));
  MAH_TRY(mah_tensor_check_like(y, x, "activation: y"));
  MAH_TRY(mah_tensor_check_like(out, x, "activation: out"));
  slope s = {activation, add};
  const mah_tensor *operand[] = {out, g, x, y};
  if (mah_splits(mah_tensor_count(out))) return mah_split(backward_part, &s, 4, operand);
  backward_part(&s, (mah_tensor *[]){out, (mah_tensor *)g, (mah_tensor *)x, (mah_tensor *)y});
  return MAH_OK;
}
