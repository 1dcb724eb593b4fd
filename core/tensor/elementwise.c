#include "tensor/elementwise.h"

#include "base/simd.h"
#include "tensor/apply.h"
#include "tensor/half.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/reduce.h"

#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_unary_table, mah_unary_rows);
MAH_DECLARE_VARIANTS(mah_binary_table, mah_binary_rows);

enum kind { KEEP, FLOAT, TEST };

#define NAME(name, kind, text) #name,
#define TEXT(name, kind, text) text,
#define KIND(name, kind, text) kind,
static const char *const unary_names[] = {MAH_UNARY_OPS(NAME)};
static const char *const binary_names[] = {MAH_BINARY_OPS(NAME)};
static const char *const unary_texts[] = {MAH_UNARY_OPS(TEXT)};
static const char *const binary_texts[] = {MAH_BINARY_OPS(TEXT)};
static const enum kind unary_kinds[] = {MAH_UNARY_OPS(KIND)};
static const enum kind binary_kinds[] = {MAH_BINARY_OPS(KIND)};

const char *mah_unary_name(int32_t op) {
  return op >= 0 && op < MAH_UNARY_COUNT ? unary_names[op] : NULL;
}

const char *mah_binary_name(int32_t op) {
  return op >= 0 && op < MAH_BINARY_COUNT ? binary_names[op] : NULL;
}

const char *mah_unary_text(int32_t op) { return mah_unary_name(op) ? unary_texts[op] : NULL; }

const char *mah_binary_text(int32_t op) { return mah_binary_name(op) ? binary_texts[op] : NULL; }

/* -- dtypes ------------------------------------------------------------------------------------ */

int32_t mah_dtype_promote(int32_t a, int32_t b) {
  static const int32_t rank[MAH_DTYPES] = {
      [MAH_BOOL] = 0,    [MAH_UINT8] = 1,    [MAH_INT32] = 2,   [MAH_INT64] = 3,
      [MAH_FLOAT16] = 4, [MAH_BFLOAT16] = 4, [MAH_FLOAT32] = 5, [MAH_FLOAT64] = 6};
  if (rank[a] == rank[b] && a != b) return MAH_FLOAT32;
  return rank[a] > rank[b] ? a : b;
}

/* The dtype that stands for another one while it is computed with. */
static int32_t computed(int32_t dtype) { return mah_dtype_is_half(dtype) ? MAH_FLOAT32 : dtype; }

static int fits(double number, int32_t dtype) {
  if (dtype == MAH_INT64) return number >= -9223372036854775808.0 && number < 9223372036854775808.0;
  if (dtype == MAH_INT32) return number >= -2147483648.0 && number <= 2147483647.0;
  return number >= 0 && number <= (dtype == MAH_BOOL ? 1 : 255);
}

/* The dtype in which a tensor of `dtype` meets `number`. */
static mah_status meet_number(int32_t *dtype, double number, enum kind kind) {
  if (!mah_dtype_is_integer(*dtype)) return MAH_OK;
  if (number != floor(number) || isinf(number))
    *dtype = kind == TEST ? MAH_FLOAT64 : MAH_FLOAT32;
  else if (kind == TEST && !fits(number, *dtype))
    *dtype = MAH_FLOAT64;
  else if (kind == KEEP && *dtype == MAH_BOOL)
    *dtype = MAH_INT64;
  if (kind == KEEP && mah_dtype_is_integer(*dtype) && !fits(number, *dtype))
    return mah_fail(MAH_ERROR_ARGUMENT, "the number %.17g does not fit %s", number,
                    mah_dtype_name(*dtype));
  return MAH_OK;
}

static int32_t make_float(int32_t dtype) {
  return mah_dtype_is_integer(dtype) ? MAH_FLOAT32 : dtype;
}

/* As a tensor of `dtype` holds it, where that is float16 or bfloat16. */
static double held(double number, int32_t dtype) {
  if (dtype == MAH_FLOAT16) return (double)mah_f16_to_float(mah_f16_of_double(number));
  if (dtype == MAH_BFLOAT16) return (double)mah_bf16_to_float(mah_bf16_of_double(number));
  return number;
}

/* The result is of `dtype`; what the row computes with is set by the plan. */
static void plan_result(mah_apply_plan *plan, int32_t dtype, enum kind kind) {
  for (int32_t i = 0; i < plan->inputs; i++) plan->in_dtype[i] = computed(dtype);
  plan->out_dtype = kind == TEST ? MAH_BOOL : computed(dtype);
  plan->made_ = kind != TEST && mah_dtype_is_half(dtype) ? dtype : 0;
}

/* Plans row(a, b) in the dtype that both are converted to. a_ or b_ NULL: the number. */
static mah_status plan_pair(mah_apply_plan *plan, int32_t *dtype, enum kind kind,
                            const mah_tensor *a_, const mah_tensor *b_, double number) {
  const mah_tensor *one = a_ ? a_ : b_;
  if (one == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "a tensor is expected, got two numbers");
  if (a_) MAH_TRY(mah_tensor_check(a_, "first operand"));
  if (b_) MAH_TRY(mah_tensor_check(b_, "second operand"));
  *dtype = one->elem;
  if (a_ && b_) *dtype = mah_dtype_promote(a_->elem, b_->elem);
  if (!a_ || !b_) MAH_TRY(meet_number(dtype, number, kind));
  if (kind == FLOAT) *dtype = make_float(*dtype);
  number = held(number, *dtype);
  *plan = (mah_apply_plan){.in_ = {a_, b_}, .number = {number, number}, .inputs = 2};
  plan_result(plan, *dtype, kind);
  *dtype = computed(*dtype);
  return MAH_OK;
}

/* A negative exponent has no integer result. (A number makes the power float32, as division is.) */
static mah_status check_exponents(int32_t dtype, const mah_tensor *b) {
  double least = 0;
  if (!mah_dtype_is_integer(dtype) || b->elem == MAH_UINT8 || b->elem == MAH_BOOL ||
      mah_tensor_count(b) == 0)
    return MAH_OK;
  MAH_TRY(mah_reduce_all(&least, b, MAH_REDUCE_min, 0));
  if (least >= 0) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "pow: an integer to the power %.0f is no integer; make either tensor float",
                  least);
}

/* -- Operations -------------------------------------------------------------------------------- */

mah_status mah_unary(mah_tensor *out, int32_t op, const mah_tensor *a) {
  MAH_TRY(mah_tensor_check(a, "tensor"));
  if (!mah_unary_name(op)) return mah_fail(MAH_ERROR_ARGUMENT, "unknown operation number %d", op);
  enum kind kind = unary_kinds[op];
  int32_t dtype = kind == FLOAT ? make_float(a->elem) : a->elem;
  if (dtype == MAH_BOOL && op == MAH_OP_neg)
    return mah_fail(MAH_ERROR_DTYPE, "neg: a bool has no negative; x:logical_not() turns it round");
  if (dtype == MAH_BOOL && op == MAH_OP_square) dtype = MAH_INT64;
  mah_apply_plan plan = {
      .row = MAH_PICK(mah_unary_rows)->op[op][computed(dtype)], .in_ = {a}, .inputs = 1};
  plan_result(&plan, dtype, kind);
  return mah_apply(out, &plan);
}

/* Powers that need no logarithm: squares, and in float32 small multiples of 1/2. */
static void plan_easy_power(mah_apply_plan *plan, int32_t dtype, double number) {
  mah_row *halves = MAH_PICK(mah_binary_rows)->halves[dtype];
  if (number == 2 && (dtype == MAH_FLOAT32 || dtype == MAH_FLOAT64)) {
    plan->row = MAH_PICK(mah_unary_rows)->op[MAH_OP_square][dtype];
    plan->inputs = 1;
  } else if (halves && number != 0 && fabs(number) < 8 && 2 * number == floor(2 * number)) {
    plan->row = halves;
    plan->inputs = 1;
    plan->scalar[0] = 2 * number;
  }
}

mah_status mah_binary(mah_tensor *out, int32_t op, const mah_tensor *a_, const mah_tensor *b_,
                      double number) {
  mah_apply_plan plan;
  int32_t dtype = MAH_FLOAT32;
  if (!mah_binary_name(op)) return mah_fail(MAH_ERROR_ARGUMENT, "unknown operation number %d", op);
  int negative_power = op == MAH_OP_pow && b_ == NULL && number < 0;
  MAH_TRY(plan_pair(&plan, &dtype, negative_power ? FLOAT : binary_kinds[op], a_, b_, number));
  if (op == MAH_OP_pow && b_) MAH_TRY(check_exponents(dtype, b_));
  if (dtype == MAH_BOOL && op == MAH_OP_sub)
    return mah_fail(MAH_ERROR_DTYPE, "sub: bools have no difference; a:ne(b) or a:logical_xor(b) "
                                     "is where one is true, a:int() makes numbers of them");
  const mah_binary_table *rows = MAH_PICK(mah_binary_rows);
  if (rows->op[op][dtype] == NULL) { /* of bools */
    dtype = MAH_INT64;
    plan_result(&plan, dtype, KEEP);
  }
  plan.row = rows->op[op][dtype];
  for (int i = 0; i < 2; i++) plan.row_of_one[i] = rows->one[i][op][dtype];
  if (op == MAH_OP_pow && b_ == NULL) plan_easy_power(&plan, dtype, number);
  return mah_apply(out, &plan);
}

/* Plans row(a, b, scalar), where both are tensors. */
static mah_status plan_scaled(mah_apply_plan *plan, int32_t *dtype, enum kind kind,
                              const mah_tensor *a, const mah_tensor *b, double scalar) {
  MAH_TRY(mah_tensor_check(a, "first operand"));
  MAH_TRY(mah_tensor_check(b, "second operand"));
  MAH_TRY(plan_pair(plan, dtype, kind, a, b, 0));
  plan->scalar[0] = scalar;
  return MAH_OK;
}

mah_status mah_add_scaled(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double alpha) {
  mah_apply_plan plan;
  int32_t dtype = MAH_FLOAT32;
  MAH_TRY(plan_scaled(&plan, &dtype, KEEP, a, b, alpha));
  if (mah_dtype_is_integer(dtype) && (alpha != floor(alpha) || !(fabs(alpha) <= 2147483648.0)))
    dtype = MAH_FLOAT32;
  if (dtype == MAH_BOOL) dtype = MAH_INT64;
  if (dtype != plan.in_dtype[0]) plan_result(&plan, dtype, KEEP);
  plan.row = MAH_PICK(mah_binary_rows)->add_scaled[dtype];
  return mah_apply(out, &plan);
}

mah_status mah_lerp(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double weight) {
  mah_apply_plan plan;
  int32_t dtype = MAH_FLOAT32;
  MAH_TRY(plan_scaled(&plan, &dtype, FLOAT, a, b, weight));
  plan.row = MAH_PICK(mah_binary_rows)->lerp[dtype];
  return mah_apply(out, &plan);
}

mah_status mah_clamp(mah_tensor *out, const mah_tensor *a, double low, double high) {
  MAH_TRY(mah_tensor_check(a, "tensor"));
  if (!(low <= high))
    return mah_fail(MAH_ERROR_ARGUMENT, "clamp: low = %g is not at most high = %g", low, high);
  int32_t dtype = a->elem == MAH_BOOL ? MAH_INT64 : a->elem;
  mah_apply_plan plan = {.row = MAH_PICK(mah_unary_rows)->clamp[computed(dtype)],
                         .in_ = {a},
                         .inputs = 1,
                         .scalar = {held(low, dtype), held(high, dtype)}};
  plan_result(&plan, dtype, KEEP);
  return mah_apply(out, &plan);
}

/* The dtype of where's two choices. */
static mah_status meet_choices(int32_t *dtype, const mah_tensor *a_, const mah_tensor *b_, double x,
                               double y) {
  if (a_) MAH_TRY(mah_tensor_check(a_, "first choice"));
  if (b_) MAH_TRY(mah_tensor_check(b_, "second choice"));
  *dtype = MAH_FLOAT32;
  if (a_ && b_) *dtype = mah_dtype_promote(a_->elem, b_->elem);
  if (a_ && b_) return MAH_OK;
  if (a_) *dtype = a_->elem;
  if (b_) *dtype = b_->elem;
  return meet_number(dtype, a_ ? y : x, KEEP);
}

mah_status mah_where(mah_tensor *out, const mah_tensor *condition, const mah_tensor *a_,
                     const mah_tensor *b_, double x, double y) {
  int32_t dtype = MAH_FLOAT32;
  MAH_TRY(mah_tensor_check(condition, "condition"));
  if (condition->elem != MAH_BOOL && condition->elem != MAH_UINT8)
    return mah_fail(MAH_ERROR_DTYPE, "condition: bool or uint8 is expected, got %s",
                    mah_tensor_describe(condition));
  MAH_TRY(meet_choices(&dtype, a_, b_, x, y));
  mah_apply_plan plan = {.row = MAH_PICK(mah_binary_rows)->where[computed(dtype)],
                         .in_ = {condition, a_, b_},
                         .number = {0, held(x, dtype), held(y, dtype)},
                         .inputs = 3};
  plan_result(&plan, dtype, KEEP);
  plan.in_dtype[0] = condition->elem;
  return mah_apply(out, &plan);
}
