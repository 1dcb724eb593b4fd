#include "tensor/apply.h"

#include "tensor/copy.h"
#include "tensor/loop.h"
#include "tensor/split.h"

#include <stdalign.h>
#include <string.h>

enum { CHUNK = 512 }; /* elements of a buffer: 4 x 4 KiB for doubles */

/* How one operand reaches the kernel: as it lies, or through the buffer. */
typedef struct channel {
  char *data;
  int64_t step;       /* bytes; 0 for an operand that is broadcast along the row */
  int32_t elem, want; /* its dtype and the kernel's */
  int direct;         /* the row in memory is what the kernel wants */
  int one;            /* and that is a single element */
  const char *held;   /* the address whose value fills the buffer already */
  alignas(64) char buffer[CHUNK * sizeof(double)];
} channel;

/* -- Rows -------------------------------------------------------------------------------------- */

/* The next n elements as the kernel wants them. A row's first piece is its longest, and all rows
 * have one length: what fills the buffer for it is enough for the rest. */
static const void *fetch(channel *c, int64_t n) {
  if (c->direct) return c->data;
  if (c->step == 0 && c->held == c->data) return c->buffer;
  mah_convert *convert = mah_convert_row(c->want, c->elem);
  convert(c->buffer, mah_dtype_size(c->want), c->data, c->step, c->one ? 1 : n);
  c->held = c->step == 0 ? c->data : NULL;
  return c->buffer;
}

static void run_row(const mah_apply_plan *plan, mah_row *row, channel *out, channel *in,
                    int64_t count) {
  int64_t most = count;
  if (!out->direct) most = CHUNK;
  for (int32_t i = 0; i < plan->inputs; i++)
    if (!in[i].direct && !in[i].one) most = CHUNK;
  for (int64_t n; count > 0; count -= n) {
    const void *from[MAH_APPLY_INPUTS] = {NULL};
    n = count < most ? count : most;
    for (int32_t i = 0; i < plan->inputs; i++) from[i] = fetch(&in[i], n);
    row(out->direct ? out->data : out->buffer, from[0], from[1], from[2], plan->scalar, n);
    if (!out->direct)
      mah_convert_row(out->elem, out->want)(out->data, out->step, out->buffer,
                                            mah_dtype_size(out->want), n);
    out->data += n * out->step;
    for (int32_t i = 0; i < plan->inputs; i++) in[i].data += n * in[i].step;
  }
}

/* place[i]: input i's place among the operands of the loop, 0 for a number. */
static void run_rows(const mah_apply_plan *plan, mah_row *row, mah_loop *loop, channel *to,
                     channel *in, const int32_t *place) {
  for (int more = loop->rows > 0; more; more = mah_loop_next(loop)) {
    to->data = loop->data[0];
    for (int32_t i = 0; i < plan->inputs; i++)
      in[i].data = place[i] ? loop->data[place[i]] : (char *)(uintptr_t)&plan->number[i];
    run_row(plan, row, to, in, loop->count);
  }
}

/* All as they lie, which needs no channels. */
static void run_direct(const mah_apply_plan *plan, mah_row *row, mah_loop *loop) {
  for (int more = loop->rows > 0; more; more = mah_loop_next(loop))
    row(loop->data[0], loop->data[1], loop->data[2], loop->data[3], plan->scalar, loop->count);
}

static void open_channel(channel *c, int32_t elem, int32_t want, int64_t step, int64_t count) {
  c->elem = elem;
  c->want = want;
  c->step = step;
  c->direct = elem == want && (step == mah_dtype_size(elem) || count == 1);
  c->one = 0;
  c->held = NULL;
}

/* The kernel for operands that come so. */
static mah_row *choose_row(const mah_apply_plan *plan, channel *in) {
  for (int32_t i = 0; plan->inputs == 2 && i < 2; i++) {
    mah_row *row = plan->row_of_one[i];
    if (row == NULL || in[i].step != 0 || in[i].direct) continue;
    in[i].one = 1;
    in[i].direct = in[i].elem == in[i].want;
    return row;
  }
  return plan->row;
}

static mah_status run(mah_tensor *out, const mah_apply_plan *plan) {
  mah_loop loop;
  channel to, in[MAH_APPLY_INPUTS]; /* their buffers are large: only what is used is set */
  const mah_tensor *operand[1 + MAH_APPLY_INPUTS] = {out};
  int32_t operands = 1, place[MAH_APPLY_INPUTS];
  for (int32_t i = 0; i < plan->inputs; i++) {
    place[i] = plan->in_[i] ? operands : 0;
    if (plan->in_[i]) operand[operands++] = plan->in_[i];
  }
  MAH_TRY(mah_loop_plan_any_order(&loop, operands, operand));
  for (int32_t o = operands; o < MAH_LOOP_OPERANDS; o++) loop.data[o] = NULL;
  open_channel(&to, out->elem, plan->out_dtype, loop.step[0], loop.count);
  for (int32_t i = 0; i < plan->inputs; i++)
    open_channel(&in[i], place[i] ? plan->in_[i]->elem : MAH_FLOAT64, plan->in_dtype[i],
                 place[i] ? loop.step[place[i]] : 0, loop.count);
  mah_row *row = choose_row(plan, in);
  int direct = to.direct;
  for (int32_t i = 0; i < plan->inputs; i++) direct = direct && in[i].direct && place[i];
  if (direct)
    run_direct(plan, row, &loop);
  else
    run_rows(plan, row, &loop, &to, in, place);
  return MAH_OK;
}

/* -- Parts of large operands, by several threads ----------------------------------------------- */

static void run_part(void *context, mah_tensor *const *part) {
  mah_apply_plan plan = *(const mah_apply_plan *)context;
  for (int32_t i = 0; i < plan.inputs; i++) plan.in_[i] = part[1 + i];
  run(part[0], &plan);
}

static mah_status run_in_parts(mah_tensor *out, const mah_apply_plan *plan) {
  const mah_tensor *operand[1 + MAH_APPLY_INPUTS] = {out};
  if (!mah_splits(mah_tensor_count(out))) return run(out, plan);
  for (int32_t i = 0; i < plan->inputs; i++) operand[1 + i] = plan->in_[i];
  return mah_split(run_part, (void *)(uintptr_t)plan, 1 + plan->inputs, operand);
}

/* -- Operands ---------------------------------------------------------------------------------- */

static int same_shape(const mah_tensor *a, const mah_tensor *b) {
  return a->ndim == b->ndim &&
         memcmp(a->extent, b->extent, sizeof a->extent[0] * (size_t)a->ndim) == 0;
}

static mah_status make_out(mah_tensor *out, const mah_apply_plan *plan) {
  mah_tensor broadcast; /* only its extents are looked at */
  const mah_tensor *shape = NULL;
  for (int32_t i = 0; i < plan->inputs; i++) {
    const mah_tensor *t = plan->in_[i];
    if (shape && t && !same_shape(shape, t)) {
      mah_tensor before = *shape;
      broadcast = before;
      MAH_TRY(mah_broadcast(&broadcast.ndim, broadcast.extent, &before, t));
      shape = &broadcast;
    } else if (!shape) {
      shape = t;
    }
  }
  if (shape == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "an operation without inputs");
  return mah_tensor_new(out, plan->made_ ? plan->made_ : plan->out_dtype, shape->ndim,
                        shape->extent);
}

/* With every operand that overlaps out replaced by a copy. */
static mah_status run_apart(mah_tensor *out, const mah_apply_plan *plan) {
  mah_apply_plan apart = *plan;
  mah_tensor copies[MAH_APPLY_INPUTS] = {{0}};
  mah_status status = MAH_OK;
  for (int32_t i = 0; i < plan->inputs && status == MAH_OK; i++) {
    const mah_tensor *t = plan->in_[i];
    if (t == NULL || !mah_tensor_overlaps(out, t) || mah_tensor_same_view(out, t)) continue;
    status = mah_tensor_clone(&copies[i], t);
    apart.in_[i] = &copies[i];
  }
  if (status == MAH_OK) status = run_in_parts(out, &apart);
  for (int32_t i = 0; i < plan->inputs; i++) mah_tensor_release(&copies[i]);
  return status;
}

static mah_status check_out(const mah_tensor *out, const mah_apply_plan *plan) {
  MAH_TRY(mah_tensor_check_writable(out, "result"));
  int is_bool = out->elem == MAH_BOOL && plan->out_dtype != MAH_BOOL;
  if (is_bool || (!mah_dtype_is_integer(plan->out_dtype) && mah_dtype_is_integer(out->elem)))
    return mah_fail(MAH_ERROR_DTYPE, "%s cannot hold a result of dtype %s",
                    mah_tensor_describe(out), mah_dtype_name(plan->out_dtype));
  return MAH_OK;
}

mah_status mah_apply(mah_tensor *out, const mah_apply_plan *plan) {
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "result: a tensor is expected, got none");
  for (int32_t i = 0; i < plan->inputs; i++)
    if (plan->in_[i]) MAH_TRY(mah_tensor_check(plan->in_[i], "tensor"));
  if (out->store == NULL) {
    MAH_TRY(make_out(out, plan));
    return run_in_parts(out, plan);
  }
  MAH_TRY(check_out(out, plan));
  return run_apart(out, plan);
}
