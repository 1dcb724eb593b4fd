#include "grad/gate.h"

#include "base/parallel.h"
#include "base/simd.h"
#include "grad/kernels/gate.h"
#include "tensor/product.h"
#include "tensor/split.h"

MAH_DECLARE_VARIANTS(mah_gate_table, mah_gates);

/* -- Dropout ----------------------------------------------------------------------------------- */

enum { PARTS = 256 }; /* at most */

typedef struct drop {
  mah_tensor *out;
  const mah_tensor *x;
  double rate;
  uint64_t key;
  int64_t part, count; /* elements of a part, and of all */
  int32_t add;
} drop;

static void drop_part(void *context, int32_t i) {
  const drop *d = context;
  int64_t first = i * d->part, size = mah_dtype_size(d->x->elem);
  int64_t n = d->count - first < d->part ? d->count - first : d->part;
  MAH_PICK(mah_gates)->drop[d->x->elem]((char *)d->out->data + first * size,
                                        (const char *)d->x->data + first * size, d->rate, d->key,
                                        d->add != 0, first, n);
}

mah_status mah_drop(mah_tensor *out, const mah_tensor *x, double rate, uint32_t key_high,
                    uint32_t key_low, int32_t add) {
  MAH_TRY(mah_tensor_check_float(x, "dropout: x"));
  MAH_TRY(mah_tensor_check_like(x, x, "dropout: x"));
  MAH_TRY(mah_tensor_check_like(out, x, "dropout: out"));
  if (!(rate >= 0 && rate < 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "dropout: the rate is in [0, 1); got %g", rate);
  int64_t count = mah_tensor_count(x), part = count;
  if (mah_splits(count)) part = (count / PARTS + MAH_SPLIT_PART) / MAH_DROP_GROUP * MAH_DROP_GROUP;
  drop d = {out, x, rate, (uint64_t)key_high << 32 | key_low, part, count, add};
  if (count > 0) mah_parallel_run(drop_part, &d, (int32_t)((count + part - 1) / part));
  return MAH_OK;
}

/* -- Gated units ------------------------------------------------------------------------------- */

static mah_status check_glu(const mah_tensor *x, int32_t gate) {
  MAH_TRY(mah_tensor_check_float(x, "glu: x"));
  MAH_TRY(mah_tensor_check_like(x, x, "glu: x"));
  if (gate < 0 || gate >= MAH_GATE_COUNT)
    return mah_fail(MAH_ERROR_ARGUMENT, "glu: there is no gate %d", gate);
  if (x->ndim < 1 || x->extent[x->ndim - 1] % 2 != 0)
    return mah_fail(MAH_ERROR_SHAPE, "glu: an even number of columns is expected, got %s",
                    mah_tensor_describe(x));
  return MAH_OK;
}

/* The form of what x's two halves give; not a counted reference. */
static mah_tensor half_of(const mah_tensor *x) {
  mah_tensor half = *x;
  half.extent[x->ndim - 1] /= 2;
  return half;
}

mah_status mah_glu(mah_tensor *y, const mah_tensor *x, int32_t gate) {
  MAH_TRY(check_glu(x, gate));
  mah_tensor like = half_of(x);
  int64_t half = like.extent[x->ndim - 1], bytes = half * mah_dtype_size(x->elem);
  MAH_TRY(mah_tensor_check_like(y, &like, "glu: y"));
  int64_t rows = half > 0 ? mah_tensor_count(y) / half : 0;
  const mah_gate_table *table = MAH_PICK(mah_gates);
  for (int64_t i = 0; i < rows; i++) {
    const char *a = (const char *)x->data + 2 * i * bytes;
    table->glu[gate][x->elem]((char *)y->data + i * bytes, a, a + bytes, half);
  }
  return MAH_OK;
}

mah_status mah_back_glu(mah_tensor *dx, const mah_tensor *g, const mah_tensor *x, int32_t gate,
                        int32_t add) {
  MAH_TRY(check_glu(x, gate));
  mah_tensor like = half_of(x);
  int64_t half = like.extent[x->ndim - 1], bytes = half * mah_dtype_size(x->elem);
  MAH_TRY(mah_tensor_check_like(dx, x, "glu: dx"));
  MAH_TRY(mah_tensor_check_like(g, &like, "glu: g"));
  int64_t rows = half > 0 ? mah_tensor_count(g) / half : 0;
  const mah_gate_table *table = MAH_PICK(mah_gates);
  for (int64_t i = 0; i < rows; i++) {
    const char *a = (const char *)x->data + 2 * i * bytes;
    char *da = (char *)dx->data + 2 * i * bytes;
    table->back_glu[gate][x->elem](da, da + bytes, (const char *)g->data + i * bytes, a, a + bytes,
                                   add != 0, half);
  }
  return MAH_OK;
}
