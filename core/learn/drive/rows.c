#include "learn/drive/rows.h"

mah_status mah_row_convert(void *out, int32_t dtype, const mah_tensor *t, int64_t row) {
  /* Views without a reference of their own: they do not outlive t. */
  mah_tensor from = *t, to = {.data = out, .store = t->store, .elem = dtype, .ndim = t->ndim - 1};
  from.data = (char *)t->data + row * t->step[0] * mah_dtype_size(t->elem);
  from.ndim--;
  if (t->ndim == 2) {
    from.extent[0] = to.extent[0] = t->extent[1];
    from.step[0] = t->step[1];
    to.step[0] = 1;
  }
  return mah_tensor_copy(&to, &from);
}
