#include "tensor/index.h"

#include "base/simd.h"
#include "tensor/elementwise.h"
#include "tensor/half.h"
#include "tensor/kernels/pieces.h"
#include "tensor/loop.h"
#include "tensor/product.h"

#include <inttypes.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_pieces_table, mah_pieces);

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_dim(const mah_tensor *t, int32_t dim, const char *function) {
  MAH_TRY(mah_tensor_check(t, function));
  if (dim < 0 || dim >= t->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: dimension %d of %s", function, dim + 1,
                    mah_tensor_describe(t));
  return MAH_OK;
}

/* The place, from 0, that a position names in an extent of n; -1 when it is outside. */
static int64_t place_of(int32_t position, int32_t first, int64_t n) {
  int64_t place = position < 0 ? position + n : (int64_t)position - first;
  return place >= 0 && place < n ? place : -1;
}

static mah_status fail_position(const char *function, int32_t position, int32_t first, int64_t n) {
  return mah_fail(MAH_ERROR_ARGUMENT, "%s: position %d is outside of %d ... %" PRId64, function,
                  position, first, n - 1 + first);
}

static int32_t nth(const mah_tensor *positions, int64_t k) {
  return ((const int32_t *)positions->data)[k * positions->step[0]];
}

static int all_inside(const mah_tensor *positions, int32_t first, int64_t n) {
  if (positions->step[0] != 1) return 0;
  return MAH_PICK(mah_pieces)->inside(positions->data, positions->extent[0], first, n);
}

/* Before anything is written: are all positions inside? */
static mah_status check_positions(const char *function, const mah_tensor *positions, int32_t first,
                                  int64_t n) {
  MAH_TRY(mah_tensor_check_dtype(positions, function, MAH_INT32));
  if (positions->ndim != 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: positions in a vector are expected, got %s", function,
                    mah_tensor_describe(positions));
  if (all_inside(positions, first, n)) return MAH_OK;
  for (int64_t k = 0; k < positions->extent[0]; k++)
    if (place_of(nth(positions, k), first, n) < 0)
      return fail_position(function, nth(positions, k), first, n);
  return MAH_OK;
}

/* Positions as the functions below read them: int64 ones as int32, where what does not fit is
 * clamped, and outside of everything; others as they are, or a copy when they lie in what is
 * `written`, so that they stay as they have been checked. */
static mah_status narrow_positions(mah_tensor *out, const mah_tensor *position,
                                   const mah_tensor *written_, const char *function) {
  MAH_TRY(mah_tensor_check(position, function));
  if (position->elem == MAH_INT64) return mah_tensor_to(out, position, MAH_INT32);
  if (written_ && written_->store && mah_tensor_overlaps(written_, position))
    return mah_tensor_clone(out, position);
  return mah_tensor_alias(out, position);
}

/* -- Rows along a dimension -------------------------------------------------------------------- */

static mah_status prepare_select(mah_tensor *out, const mah_tensor *x, int32_t dim, int64_t n) {
  int64_t extent[MAH_MAX_DIMS];
  memcpy(extent, x->extent, sizeof extent);
  extent[dim] = n;
  if (out->store == NULL) return mah_tensor_new(out, x->elem, x->ndim, extent);
  int fits =
      out->ndim == x->ndim && memcmp(out->extent, extent, sizeof *extent * (size_t)x->ndim) == 0;
  if (out->elem != x->elem || !fits)
    return mah_fail(MAH_ERROR_SHAPE,
                    "index_select: out is %s, %" PRId64 " positions of %s are picked",
                    mah_tensor_describe(out), n, mah_tensor_describe(x));
  if (mah_tensor_share(out, x))
    return mah_fail(MAH_ERROR_ARGUMENT, "index_select: out shares memory with the tensor");
  return MAH_OK;
}

/* The positions picked from n blocks of bytes. */
static void pick_blocks(char *to, const char *from, const mah_tensor *position, int32_t first,
                        int64_t n, int64_t block) {
  const mah_pieces_table *pieces = MAH_PICK(mah_pieces);
  mah_pieces_pick *pick = block == 1   ? pieces->pick_1
                          : block == 2 ? pieces->pick_2
                          : block == 4 ? pieces->pick_4
                          : block == 8 ? pieces->pick_8
                                       : NULL;
  int64_t picked = position->extent[0];
  if (pick != NULL && position->step[0] == 1) {
    pick(to, from, position->data, picked, first, n);
    return;
  }
  for (int64_t k = 0; k < picked; k++, to += block)
    pieces->copy(to, 0, from + place_of(nth(position, k), first, n) * block, 0, block, 1);
}

/* Contiguous tensors: blocks of bytes. */
static void select_blocks(mah_tensor *out, const mah_tensor *x, int32_t dim,
                          const mah_tensor *position, int32_t first) {
  int64_t n = x->extent[dim], picked = position->extent[0], outer = 1;
  int64_t block = mah_dtype_size(x->elem);
  for (int32_t d = 0; d < dim; d++) outer *= x->extent[d];
  for (int32_t d = dim + 1; d < x->ndim; d++) block *= x->extent[d];
  for (int64_t o = 0; o < outer; o++)
    pick_blocks((char *)out->data + o * picked * block, (const char *)x->data + o * n * block,
                position, first, n, block);
}

/* out[..., k, ...] = x[..., place, ...] */
static mah_status copy_slice(mah_tensor *out, int64_t k, const mah_tensor *x, int64_t place,
                             int32_t dim) {
  mah_tensor to = {0}, from = {0};
  MAH_TRY(mah_tensor_select(&to, out, dim, k));
  mah_status status = mah_tensor_select(&from, x, dim, place);
  if (status == MAH_OK) status = mah_tensor_copy(&to, &from);
  mah_tensor_release(&to);
  mah_tensor_release(&from);
  return status;
}

static mah_status index_select_rows(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                    const mah_tensor *position, int32_t first) {
  MAH_TRY(check_dim(x, dim, "index_select"));
  MAH_TRY(check_positions("index_select", position, first, x->extent[dim]));
  MAH_TRY(prepare_select(out, x, dim, position->extent[0]));
  if (mah_tensor_count(out) == 0) return MAH_OK;
  if (mah_tensor_is_contiguous(x) && mah_tensor_is_contiguous(out))
    return select_blocks(out, x, dim, position, first), MAH_OK;
  for (int64_t k = 0; k < position->extent[0]; k++)
    MAH_TRY(copy_slice(out, k, x, place_of(nth(position, k), first, x->extent[dim]), dim));
  return MAH_OK;
}

mah_status mah_index_select(mah_tensor *out, const mah_tensor *x, int32_t dim,
                            const mah_tensor *position, int32_t first) {
  mah_tensor narrow = {0};
  MAH_TRY(narrow_positions(&narrow, position, out, "index_select"));
  mah_status status = index_select_rows(out, x, dim, &narrow, first);
  mah_tensor_release(&narrow);
  return status;
}

static mah_status add_row(mah_tensor *x, int32_t dim, int64_t place, const mah_tensor *y,
                          int64_t k) {
  mah_tensor to = {0}, from = {0};
  MAH_TRY(mah_tensor_select(&to, x, dim, place));
  mah_status status = mah_tensor_select(&from, y, dim, k);
  if (status == MAH_OK) status = mah_binary(&to, MAH_OP_add, &to, &from, 0);
  mah_tensor_release(&to);
  mah_tensor_release(&from);
  return status;
}

static mah_status index_add_rows(mah_tensor *x, int32_t dim, const mah_tensor *position,
                                 const mah_tensor *y, int32_t first) {
  MAH_TRY(check_dim(x, dim, "index_add_"));
  MAH_TRY(check_positions("index_add_", position, first, x->extent[dim]));
  MAH_TRY(mah_tensor_check_dtype(y, "index_add_", x->elem));
  int fits = y->ndim == x->ndim && y->extent[dim] == position->extent[0];
  for (int32_t d = 0; fits && d < x->ndim; d++) fits = d == dim || x->extent[d] == y->extent[d];
  if (!fits)
    return mah_fail(MAH_ERROR_SHAPE,
                    "index_add_: %s cannot be added to %" PRId64 " positions of %s",
                    mah_tensor_describe(y), position->extent[0], mah_tensor_describe(x));
  for (int64_t k = 0; k < position->extent[0]; k++)
    MAH_TRY(add_row(x, dim, place_of(nth(position, k), first, x->extent[dim]), y, k));
  return MAH_OK;
}

mah_status mah_index_add(mah_tensor *x, int32_t dim, const mah_tensor *position,
                         const mah_tensor *y, int32_t first) {
  mah_tensor narrow = {0};
  MAH_TRY(narrow_positions(&narrow, position, x, "index_add_"));
  mah_status status = index_add_rows(x, dim, &narrow, y, first);
  mah_tensor_release(&narrow);
  return status;
}

/* Blocks of bytes, as those that select_blocks reads. */
static void put_blocks(mah_tensor *x, int32_t dim, const mah_tensor *position, const mah_tensor *y,
                       int32_t first) {
  int64_t n = x->extent[dim], put = position->extent[0], outer = 1;
  int64_t block = mah_dtype_size(x->elem);
  const char *from = y->data;
  for (int32_t d = 0; d < dim; d++) outer *= x->extent[d];
  for (int32_t d = dim + 1; d < x->ndim; d++) block *= x->extent[d];
  for (int64_t o = 0; o < outer; o++)
    for (int64_t k = 0; k < put; k++, from += block)
      memcpy((char *)x->data + (o * n + place_of(nth(position, k), first, n)) * block, from,
             (size_t)block);
}

/* y: of x's dtype, row major and apart from x */
static mah_status put_rows(mah_tensor *x, int32_t dim, const mah_tensor *position,
                           const mah_tensor *y, int32_t first) {
  if (mah_tensor_is_contiguous(x)) return put_blocks(x, dim, position, y, first), MAH_OK;
  for (int64_t k = 0; k < position->extent[0]; k++)
    MAH_TRY(copy_slice(x, place_of(nth(position, k), first, x->extent[dim]), y, k, dim));
  return MAH_OK;
}

static mah_status check_put(const mah_tensor *x, int32_t dim, const mah_tensor *position,
                            const mah_tensor *y, int32_t first) {
  MAH_TRY(check_dim(x, dim, "index_copy_"));
  MAH_TRY(mah_tensor_check_writable(x, "index_copy_"));
  MAH_TRY(check_positions("index_copy_", position, first, x->extent[dim]));
  MAH_TRY(mah_tensor_check(y, "index_copy_"));
  int fits = y->ndim == x->ndim && y->extent[dim] == position->extent[0];
  for (int32_t d = 0; fits && d < x->ndim; d++) fits = d == dim || x->extent[d] == y->extent[d];
  if (fits) return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "index_copy_: %s cannot be put to %" PRId64 " positions of %s",
                  mah_tensor_describe(y), position->extent[0], mah_tensor_describe(x));
}

mah_status mah_index_copy(mah_tensor *x, int32_t dim, const mah_tensor *position,
                          const mah_tensor *y, int32_t first) {
  mah_tensor narrow = {0}, apart = {0};
  MAH_TRY(narrow_positions(&narrow, position, x, "index_copy_"));
  mah_status status = check_put(x, dim, &narrow, y, first);
  if (status == MAH_OK && mah_tensor_share(x, y))
    status = mah_tensor_to(&apart, y, x->elem);
  else if (status == MAH_OK)
    status = mah_tensor_row_major(&apart, y, x->elem);
  if (status == MAH_OK) status = put_rows(x, dim, &narrow, &apart, first);
  mah_tensor_release(&narrow);
  mah_tensor_release(&apart);
  return status;
}

/* -- Single elements along a dimension --------------------------------------------------------- */

static mah_status check_gather(const char *function, const mah_tensor *x, int32_t dim,
                               const mah_tensor *position) {
  MAH_TRY(check_dim(x, dim, function));
  MAH_TRY(mah_tensor_check_dtype(position, function, MAH_INT32));
  int fits = position->ndim == x->ndim;
  for (int32_t d = 0; fits && d < x->ndim; d++)
    fits = d == dim || position->extent[d] <= x->extent[d];
  if (!fits)
    return mah_fail(MAH_ERROR_SHAPE, "%s: positions %s do not fit %s along dimension %d", function,
                    mah_tensor_describe(position), mah_tensor_describe(x), dim + 1);
  return MAH_OK;
}

/* A view of x's origin in the shape of the positions, that does not move along `dim`; it holds no
 * reference. */
static mah_tensor still(const mah_tensor *x, int32_t dim, const mah_tensor *position) {
  mah_tensor view = *x;
  memcpy(view.extent, position->extent, sizeof view.extent);
  view.step[dim] = 0;
  return view;
}

typedef void element_move(char *x, char *y);

static void copy_1(char *x, char *y) { memcpy(y, x, 1); }
static void copy_2(char *x, char *y) { memcpy(y, x, 2); }
static void copy_4(char *x, char *y) { memcpy(y, x, 4); }
static void copy_8(char *x, char *y) { memcpy(y, x, 8); }
static void add_f32(char *x, char *y) { *(float *)(void *)x += *(float *)(void *)y; }
static void add_f64(char *x, char *y) { *(double *)(void *)x += *(double *)(void *)y; }
static void add_i32(char *x, char *y) { *(uint32_t *)(void *)x += *(uint32_t *)(void *)y; }
static void add_i64(char *x, char *y) { *(uint64_t *)(void *)x += *(uint64_t *)(void *)y; }
static void add_u8(char *x, char *y) { *(uint8_t *)x = (uint8_t)(*(uint8_t *)x + *(uint8_t *)y); }

static void add_truth(char *x, char *y) { *(uint8_t *)x |= *(uint8_t *)y; }
static void add_f16(char *x, char *y) {
  mah_f16 *to = (void *)x;
  *to = mah_f16_of_float(mah_f16_to_float(*to) + mah_f16_to_float(*(mah_f16 *)(void *)y));
}
static void add_bf16(char *x, char *y) {
  mah_bf16 *to = (void *)x;
  *to = mah_bf16_of_float(mah_bf16_to_float(*to) + mah_bf16_to_float(*(mah_bf16 *)(void *)y));
}

static element_move *const copies[MAH_DTYPES] = {copy_4, copy_8, copy_4, copy_1,
                                                 copy_8, copy_1, copy_2, copy_2};
static element_move *const additions[MAH_DTYPES] = {add_f32, add_f64,   add_i32, add_u8,
                                                    add_i64, add_truth, add_f16, add_bf16};

/* move(x's element, y's) for each position; `move` NULL only looks whether all are inside. */
static mah_status walk(const char *function, const mah_tensor *x, int32_t dim,
                       const mah_tensor *position, const mah_tensor *y, int32_t first,
                       element_move *move) {
  mah_loop loop;
  mah_tensor origin = still(x, dim, position);
  int64_t n = x->extent[dim], apart = x->step[dim] * mah_dtype_size(x->elem);
  MAH_TRY(mah_loop_plan(&loop, 3, (const mah_tensor *[]){position, y, &origin}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop)) {
    char *p = loop.data[0], *to = loop.data[1], *from = loop.data[2];
    for (int64_t i = 0; i < loop.count; i++) {
      int32_t at = *(int32_t *)(void *)p;
      int64_t place = place_of(at, first, n);
      if (place < 0) return fail_position(function, at, first, n);
      if (move != NULL) move(from + place * apart, to);
      p += loop.step[0];
      to += loop.step[1];
      from += loop.step[2];
    }
  }
  return MAH_OK;
}

static mah_status gather_elements(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                  const mah_tensor *position, int32_t first) {
  MAH_TRY(check_gather("gather", x, dim, position));
  MAH_TRY(mah_tensor_new(out, x->elem, position->ndim, position->extent));
  mah_status status = walk("gather", x, dim, position, out, first, copies[x->elem]);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_gather(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *position,
                      int32_t first) {
  mah_tensor narrow = {0};
  MAH_TRY(narrow_positions(&narrow, position, NULL, "gather"));
  mah_status status = gather_elements(out, x, dim, &narrow, first);
  mah_tensor_release(&narrow);
  return status;
}

static mah_status gather_into(mah_tensor *out, const mah_tensor *x, int32_t dim,
                              const mah_tensor *position, int32_t first) {
  MAH_TRY(check_gather("gather", x, dim, position));
  MAH_TRY(mah_tensor_check_dtype(out, "gather: out", x->elem));
  if (!mah_tensor_same_shape(out, position))
    return mah_fail(MAH_ERROR_SHAPE, "gather: out is %s, the positions %s",
                    mah_tensor_describe(out), mah_tensor_describe(position));
  return walk("gather", x, dim, position, out, first, copies[x->elem]);
}

mah_status mah_gather_into(mah_tensor *out, const mah_tensor *x, int32_t dim,
                           const mah_tensor *position, int32_t first) {
  mah_tensor narrow = {0};
  MAH_TRY(narrow_positions(&narrow, position, NULL, "gather"));
  mah_status status = gather_into(out, x, dim, &narrow, first);
  mah_tensor_release(&narrow);
  return status;
}

static mah_status scatter_add_elements(mah_tensor *x, int32_t dim, const mah_tensor *position,
                                       const mah_tensor *y, int32_t first) {
  MAH_TRY(check_gather("scatter_add_", x, dim, position));
  MAH_TRY(mah_tensor_check_dtype(y, "scatter_add_", x->elem));
  mah_tensor part = *y; /* the corner that the positions cover */
  int fits = y->ndim == position->ndim;
  for (int32_t d = 0; fits && d < y->ndim; d++) {
    fits = y->extent[d] >= position->extent[d];
    part.extent[d] = position->extent[d];
  }
  if (!fits)
    return mah_fail(MAH_ERROR_SHAPE, "scatter_add_: %s has no element for each of the positions %s",
                    mah_tensor_describe(y), mah_tensor_describe(position));
  if (mah_tensor_share(x, y))
    return mah_fail(MAH_ERROR_ARGUMENT, "scatter_add_: the two tensors share memory");
  MAH_TRY(walk("scatter_add_", x, dim, position, &part, first, NULL));
  return walk("scatter_add_", x, dim, position, &part, first, additions[x->elem]);
}

mah_status mah_scatter_add(mah_tensor *x, int32_t dim, const mah_tensor *position,
                           const mah_tensor *y, int32_t first) {
  mah_tensor narrow = {0};
  MAH_TRY(narrow_positions(&narrow, position, x, "scatter_add_"));
  mah_status status = scatter_add_elements(x, dim, &narrow, y, first);
  mah_tensor_release(&narrow);
  return status;
}
