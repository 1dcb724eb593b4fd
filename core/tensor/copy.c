#include "tensor/copy.h"

#include "base/simd.h"
#include "tensor/kernels/narrow.h"
#include "tensor/kernels/pieces.h"
#include "tensor/loop.h"
#include "tensor/split.h"

MAH_DECLARE_VARIANTS(mah_convert_table, mah_converts);
MAH_DECLARE_VARIANTS(mah_pieces_table, mah_pieces);

MAH_DECLARE_VARIANTS(mah_narrow_table, mah_narrow_kernels);

enum { WIDE = MAH_INT64 + 1 }; /* dtypes that are computed with; for others: kernels/narrow.c */

mah_convert *mah_convert_row(int32_t to, int32_t from) {
  return to < WIDE && from < WIDE ? MAH_PICK(mah_converts)->row[to][from]
                                  : MAH_PICK(mah_narrow_kernels)->convert[to][from];
}

/* -- Transposed: by tiles, which the cache holds both ways ------------------------------------- */

/* Low and wide: a line of floats of each of the source's rows, and long pieces of out's, which then
 * comes from and goes to memory in order. */
enum { TILE_ROWS = 16, TILE_COLUMNS = 32 };

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/* Are out's rows the columns of the source, which lie together? */
static int is_turned(const mah_loop *loop, int64_t size) {
  return loop->ndim > 0 && loop->step[0] == size && loop->step[1] > size &&
         loop->outer[1][loop->ndim - 1] == size;
}

/* The loop's last two dimensions, which are rows x loop->count. */
static void turn(const mah_loop *loop, int64_t rows, int32_t dtype) {
  int64_t out_step = loop->outer[0][loop->ndim - 1], in_step = loop->step[1], columns = loop->count;
  int64_t size = mah_dtype_size(dtype);
  mah_pieces_turn *turn_tile = MAH_PICK(mah_pieces)->turn[dtype];
  for (int64_t i = 0; i < rows; i += TILE_ROWS)
    for (int64_t j = 0; j < columns; j += TILE_COLUMNS)
      turn_tile(loop->data[0] + i * out_step + j * size, out_step / size,
                loop->data[1] + i * size + j * in_step, in_step / size, lesser(rows - i, TILE_ROWS),
                lesser(columns - j, TILE_COLUMNS));
}

/* The rows of the last dimension but one, from now on all at once. */
static int64_t take_rows(mah_loop *loop) {
  int64_t rows = loop->extent[loop->ndim - 1];
  loop->extent[loop->ndim - 1] = 1;
  return rows;
}

static void copy_turned(mah_loop *loop, int32_t dtype) {
  int64_t rows = take_rows(loop);
  for (int more = loop->rows > 0; more; more = mah_loop_next(loop)) turn(loop, rows, dtype);
}

/* -- Row by row -------------------------------------------------------------------------------- */

static int has_pieces(const mah_loop *loop, int64_t size) {
  return loop->ndim > 0 && loop->step[0] == size && loop->step[1] == size;
}

static void copy_pieces(mah_loop *loop, int64_t size) {
  mah_pieces_copy *copy = MAH_PICK(mah_pieces)->copy;
  int32_t last = loop->ndim - 1;
  int64_t rows = take_rows(loop);
  for (int more = loop->rows > 0; more; more = mah_loop_next(loop))
    copy(loop->data[0], loop->outer[0][last], loop->data[1], loop->outer[1][last],
         loop->count * size, rows);
}

static mah_status copy_rows(mah_tensor *out, const mah_tensor *t) {
  mah_loop loop;
  MAH_TRY(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){out, t}));
  int64_t size = mah_dtype_size(t->elem);
  if (out->elem == t->elem && is_turned(&loop, size)) return copy_turned(&loop, t->elem), MAH_OK;
  if (out->elem == t->elem && has_pieces(&loop, size)) return copy_pieces(&loop, size), MAH_OK;
  mah_convert *convert = mah_convert_row(out->elem, t->elem);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    convert(loop.data[0], loop.step[0], loop.data[1], loop.step[1], loop.count);
  return MAH_OK;
}

static void copy_part(void *context, mah_tensor *const *part) {
  (void)context;
  copy_rows(part[0], part[1]);
}

static mah_status copy_in_parts(mah_tensor *out, const mah_tensor *t) {
  if (!mah_splits(mah_tensor_count(out))) return copy_rows(out, t);
  return mah_split(copy_part, NULL, 2, (const mah_tensor *[]){out, t});
}

mah_status mah_tensor_copy(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check_writable(out, "destination"));
  MAH_TRY(mah_tensor_check(t, "source"));
  if (mah_tensor_same_view(out, t)) return MAH_OK;
  if (!mah_tensor_overlaps(out, t)) return copy_in_parts(out, t);
  mah_tensor apart = {0};
  mah_status status = mah_tensor_clone(&apart, t);
  if (status == MAH_OK) status = copy_in_parts(out, &apart);
  mah_tensor_release(&apart);
  return status;
}

mah_status mah_tensor_to(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  return copy_in_parts(out, t);
}

mah_status mah_tensor_clone(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  return mah_tensor_to(out, t, t->elem);
}

static mah_status fill_rows(mah_tensor *out, double value) {
  mah_loop loop;
  MAH_TRY(mah_loop_plan_any_order(&loop, 1, (const mah_tensor *[]){out}));
  mah_convert *convert = mah_convert_row(out->elem, MAH_FLOAT64);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    convert(loop.data[0], loop.step[0], (const char *)&value, 0, loop.count);
  return MAH_OK;
}

static void fill_part(void *context, mah_tensor *const *part) {
  fill_rows(part[0], *(const double *)context);
}

mah_status mah_tensor_fill(mah_tensor *out, double value) {
  MAH_TRY(mah_tensor_check_writable(out, "tensor"));
  if (!mah_splits(mah_tensor_count(out))) return fill_rows(out, value);
  return mah_split(fill_part, &value, 1, (const mah_tensor *[]){out});
}
