#include "tensor/affine.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/subnormals.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/affine.h"
#include "tensor/product.h"

#include <stdatomic.h>

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check(const mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                        const mah_tensor *bias_) {
  MAH_TRY(mah_tensor_check_float(out, "affine: out"));
  MAH_TRY(mah_tensor_check_float(a, "affine"));
  MAH_TRY(mah_tensor_check_float(b, "affine"));
  if (a->elem != out->elem || b->elem != out->elem)
    return mah_fail(MAH_ERROR_DTYPE, "affine: one dtype is expected: out %s, %s and %s",
                    mah_tensor_describe(out), mah_tensor_describe(a), mah_tensor_describe(b));
  if (a->ndim != 2 || b->ndim != 2 || a->extent[1] != b->extent[0])
    return mah_product_fail_shapes("affine", a, b);
  if (out->ndim != 2 || out->extent[0] != a->extent[0] || out->extent[1] != b->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "affine: out is %s, but %s and %s are multiplied",
                    mah_tensor_describe(out), mah_tensor_describe(a), mah_tensor_describe(b));
  if (bias_ == NULL) return MAH_OK;
  MAH_TRY(mah_tensor_check_float(bias_, "affine: the bias"));
  if (bias_->elem == out->elem && bias_->ndim == 1 && bias_->extent[0] == out->extent[1])
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "affine: the bias is %s, out %s", mah_tensor_describe(bias_),
                  mah_tensor_describe(out));
}

/* -- Which product it is ----------------------------------------------------------------------- */

/* Do the elements lie row after row, without gaps; or (turned) column after column? */
static int lies(const mah_tensor *t, int turned) {
  int32_t row = turned ? 1 : 0, along = 1 - row;
  return (t->extent[along] <= 1 || t->step[along] == 1) &&
         (t->extent[row] <= 1 || t->step[row] == t->extent[along]);
}

enum { ROWS = 24 }; /* of a task are a multiple of this: of the heights of tiles (gemm.c) */
enum { FEW = 1 << 19, MANY = 1 << 14 }; /* multiplications: for one thread; without work space */

/* A product, rows of which are computed by tasks. */
typedef struct job {
  const mah_dense_kernels *kernels;
  void (*some)(const struct job *j, int64_t first, int64_t count, void *room_);
  char *out;
  const char *a, *b, *bias_;
  char *packed_; /* b as the kernels want it */
  int64_t m, n, k, size, rows, pack_rows;
  char *rooms_; /* work space of the tasks that run at the same time; NULL: slower, and the same */
  int64_t room_bytes;
  atomic_flag *has_owner; /* of each room, whether a task has it now */
  int add;
} job;

/* out = a b: Y = X W */
static void forward(const job *j, int64_t first, int64_t count, void *room_) {
  char *out = j->out + first * j->n * j->size;
  j->kernels->forward(&(mah_affine){.Y = out,
                                    .X = j->a + first * j->k * j->size,
                                    .W = j->packed_ ? j->packed_ : j->b,
                                    .bias = j->bias_,
                                    .start_ = j->add ? out : NULL,
                                    .is_packed = j->packed_ != NULL,
                                    .room_ = room_,
                                    .rows = count,
                                    .inputs = j->k,
                                    .units = j->n});
}

/* out = a b'^T: dX = dY W^T */
static void inputs(const job *j, int64_t first, int64_t count, void *room_) {
  char *out = j->out + first * j->n * j->size;
  j->kernels->backward_inputs(&(mah_affine_inputs){.dX = out,
                                                   .start_ = j->add ? out : NULL,
                                                   .dY = j->a + first * j->k * j->size,
                                                   .transposed = j->packed_,
                                                   .room_ = room_,
                                                   .rows = count,
                                                   .inputs = j->n,
                                                   .units = j->k});
}

/* out = a'^T b: dW = X^T dY */
static void weights(const job *j, int64_t first, int64_t count, void *room_) {
  j->kernels->backward_weights(&(mah_affine_weights){.dW = j->out,
                                                     .start_ = j->add ? j->out : NULL,
                                                     .share = 1,
                                                     .X = j->a,
                                                     .dY = j->packed_ ? j->packed_ : j->b,
                                                     .is_packed = j->packed_ != NULL,
                                                     .first = first,
                                                     .count = count,
                                                     .room_ = room_,
                                                     .rows = j->k,
                                                     .inputs = j->m,
                                                     .units = j->n});
}

static int packs(const job *j) {
  if (j->some == inputs) return 1;
  return j->some == forward ? !j->kernels->takes_rows(j->n) : j->kernels->packs_delta(j->m, j->n);
}

/* -- Tasks ------------------------------------------------------------------------------------- */

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

static void pack_task(void *context, int32_t i) {
  const job *j = context;
  int64_t of = j->some == inputs ? j->n : j->k, first = i * j->pack_rows;
  (j->some == inputs ? j->kernels->pack_transposed : j->kernels->pack)(
      j->packed_, j->b, j->k, j->n, first, at_most(j->pack_rows, of - first));
}

/* A room that no task has: there are as many as tasks that run at the same time. */
static int32_t take_room(const job *j) {
  int32_t room = 0;
  while (atomic_flag_test_and_set(&j->has_owner[room])) room++;
  return room;
}

static void product_task(void *context, int32_t i) {
  const job *j = context;
  mah_subnormals before = mah_subnormals_flush();
  int64_t first = i * j->rows, count = at_most(j->rows, j->m - first);
  int32_t room = take_room(j);
  j->some(j, first, count, j->rooms_ ? j->rooms_ + room * j->room_bytes : NULL);
  atomic_flag_clear(&j->has_owner[room]);
  mah_subnormals_restore(before);
}

static int32_t pieces(int64_t of, int64_t rows) { return (int32_t)((of + rows - 1) / rows); }

/* A task's part of `a` stays near, and each thread has some tasks. */
static int64_t rows_of(int64_t m) {
  enum { MOST = 256, EACH = 3 };
  int64_t width = mah_parallel_width(), tasks = (m + MOST - 1) / MOST;
  if (width > 1 && tasks < EACH * width) tasks = EACH * width;
  return ((m + tasks - 1) / tasks + ROWS - 1) / ROWS * ROWS;
}

static void run(job *j) {
  atomic_flag has_owner[MAH_MAX_THREADS];
  int64_t of = j->some == inputs ? j->n : j->k;
  int is_small = j->m * j->n * j->k <= FEW;
  j->rows = is_small ? j->m : rows_of(j->m);
  int32_t rooms = (int32_t)at_most(mah_parallel_width(), pieces(j->m, j->rows));
  for (int32_t i = 0; i < rooms; i++) atomic_flag_clear(&has_owner[i]);
  j->has_owner = has_owner;
  j->pack_rows = is_small ? of : 4 * ROWS;
  j->room_bytes = at_most(j->rows, j->m) * at_most(j->k, MAH_DEPTH) * j->size;
  if (j->m * j->n * j->k >= MANY) j->rooms_ = mah_alloc(rooms, (size_t)j->room_bytes);
  if (is_small) {
    if (j->packed_) pack_task(j, 0);
    product_task(j, 0);
  } else {
    if (j->packed_) mah_parallel_run(pack_task, j, pieces(of, j->pack_rows));
    mah_parallel_run(product_task, j, pieces(j->m, j->rows));
  }
  mah_free(j->rooms_);
}

/* -- The product ------------------------------------------------------------------------------- */

static mah_status multiply(job *j) {
  enum { SMALL = 8192 };
  _Alignas(64) char few[SMALL];
  char *block_ = NULL;
  if (packs(j)) {
    int64_t bytes = j->k * mah_packed_width(j->n) * j->size;
    if (bytes > SMALL) {
      block_ = mah_alloc(bytes, 1);
      if (block_ == NULL) return MAH_ERROR_MEMORY;
    }
    j->packed_ = block_ ? block_ : few;
  }
  run(j);
  mah_free(block_);
  return MAH_OK;
}

/* By BLAS, or whatever else. */
static mah_status multiply_any(mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                               const mah_tensor *bias_, int32_t add) {
  MAH_TRY(mah_tensor_mm(out, a, b, 1, add ? 1 : 0));
  return bias_ ? mah_binary(out, MAH_OP_add, out, bias_, 0) : MAH_OK;
}

mah_status mah_tensor_affine(mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                             const mah_tensor *bias_, int32_t add) {
  MAH_TRY(check(out, a, b, bias_));
  job j = {.kernels = out->elem == MAH_FLOAT64 ? MAH_PICK(mah_dense_kernels_f64)
                                               : MAH_PICK(mah_dense_kernels_f32),
           .out = out->data,
           .a = a->data,
           .b = b->data,
           .bias_ = bias_ ? bias_->data : NULL,
           .m = out->extent[0],
           .n = out->extent[1],
           .k = a->extent[1],
           .size = mah_dtype_size(out->elem),
           .add = add != 0};
  if (j.m == 0 || j.n == 0) return MAH_OK;
  if (lies(a, 0))
    j.some = lies(b, 0) ? forward : inputs;
  else
    j.some = weights;
  int fits = j.some == forward ? !(add && bias_) : !bias_;
  fits = fits && j.k > 0 && lies(out, 0) && lies(a, j.some == weights) &&
         lies(b, j.some == inputs) && (!bias_ || bias_->step[0] == 1 || j.n == 1);
  return fits ? multiply(&j) : multiply_any(out, a, b, bias_, add);
}
