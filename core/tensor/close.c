#include "tensor/close.h"

#include "base/simd.h"
#include "tensor/apply.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/close.h"
#include "tensor/reduce.h"

MAH_DECLARE_VARIANTS(mah_close_table, mah_close_rows);

mah_status mah_isclose(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double rtol,
                       double atol, int32_t nan_equal) {
  MAH_TRY(mah_tensor_check(a, "isclose"));
  MAH_TRY(mah_tensor_check(b, "isclose: second tensor"));
  if (!(rtol >= 0 && atol >= 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "isclose: rtol = %g and atol = %g must not be negative",
                    rtol, atol);
  int32_t both = mah_dtype_promote(a->elem, b->elem);
  int wide = both != MAH_FLOAT32 && !mah_dtype_is_half(both);
  int32_t dtype = wide ? MAH_FLOAT64 : MAH_FLOAT32;
  const mah_close_table *table = MAH_PICK(mah_close_rows);
  mah_apply_plan plan = {.row = (nan_equal ? table->nan_equal : table->close)[wide],
                         .in_ = {a, b},
                         .in_dtype = {dtype, dtype},
                         .out_dtype = MAH_BOOL,
                         .inputs = 2,
                         .scalar = {rtol, atol}};
  return mah_apply(out, &plan);
}

mah_status mah_allclose(int32_t *result, const mah_tensor *a, const mah_tensor *b, double rtol,
                        double atol, int32_t nan_equal) {
  mah_tensor close = {0};
  double all = 0;
  MAH_TRY(mah_isclose(&close, a, b, rtol, atol, nan_equal));
  mah_status status = mah_reduce_all(&all, &close, MAH_REDUCE_all, 0);
  *result = all != 0;
  mah_tensor_release(&close);
  return status;
}
