#include "tensor/copy.h"

#include "base/simd.h"
#include "tensor/kernels/narrow.h"
#include "tensor/loop.h"

#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_narrow_table, mah_narrow_kernels);

#define CLAMP(low, high) (x != x ? 0 : x <= (low) ? (low) : x >= (high) ? (high) : x)
static inline int32_t to_int32(double x) { return (int32_t)CLAMP(-2147483648.0, 2147483647.0); }
/* INT64_MAX itself is no double. */
static inline int64_t to_int64(double x) {
  return x >= 0x1p63 ? INT64_MAX : (int64_t)CLAMP(-0x1p63, 0x1p63);
}
static inline int32_t int64_to_int32(int64_t x) {
  return (int32_t)(x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : x);
}
static inline uint8_t int64_to_uint8(int64_t x) { return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x); }
static inline uint8_t to_uint8(double x) { return (uint8_t)CLAMP(0.0, 255.0); }

/* out[i] = convert(in[i]) */
#define CONVERT(name, to, from, convert)                                                           \
  static void name(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n) {      \
    if (out_step == (int64_t)sizeof(to) && in_step == (int64_t)sizeof(from)) {                     \
      to *restrict o = (to *)(void *)out;                                                          \
      const from *restrict f = (const from *)(const void *)in;                                     \
      for (int64_t i = 0; i < n; i++) o[i] = (to)convert(f[i]);                                    \
    } else {                                                                                       \
      for (int64_t i = 0; i < n; i++, out += out_step, in += in_step)                              \
        *(to *)(void *)out = (to)convert(*(const from *)(const void *)in);                         \
    }                                                                                              \
  }

CONVERT(f32_f32, float, float, )
CONVERT(f32_f64, float, double, )
CONVERT(f32_i32, float, int32_t, )
CONVERT(f32_u8, float, uint8_t, )
CONVERT(f32_i64, float, int64_t, )
CONVERT(f64_f32, double, float, )
CONVERT(f64_f64, double, double, )
CONVERT(f64_i32, double, int32_t, )
CONVERT(f64_u8, double, uint8_t, )
CONVERT(f64_i64, double, int64_t, )
CONVERT(i32_f32, int32_t, float, to_int32)
CONVERT(i32_f64, int32_t, double, to_int32)
CONVERT(i32_i32, int32_t, int32_t, )
CONVERT(i32_u8, int32_t, uint8_t, )
CONVERT(i32_i64, int32_t, int64_t, int64_to_int32)
CONVERT(u8_f32, uint8_t, float, to_uint8)
CONVERT(u8_f64, uint8_t, double, to_uint8)
CONVERT(u8_i32, uint8_t, int32_t, to_uint8)
CONVERT(u8_u8, uint8_t, uint8_t, )
CONVERT(u8_i64, uint8_t, int64_t, int64_to_uint8)
CONVERT(i64_f32, int64_t, float, to_int64)
CONVERT(i64_f64, int64_t, double, to_int64)
CONVERT(i64_i32, int64_t, int32_t, )
CONVERT(i64_u8, int64_t, uint8_t, )
CONVERT(i64_i64, int64_t, int64_t, )

enum { WIDE = MAH_INT64 + 1 }; /* dtypes that are computed with; for others: kernels/narrow.c */

static mah_convert *const table[WIDE][WIDE] = {
    /* [to][from] */
    {f32_f32, f32_f64, f32_i32, f32_u8, f32_i64}, {f64_f32, f64_f64, f64_i32, f64_u8, f64_i64},
    {i32_f32, i32_f64, i32_i32, i32_u8, i32_i64}, {u8_f32, u8_f64, u8_i32, u8_u8, u8_i64},
    {i64_f32, i64_f64, i64_i32, i64_u8, i64_i64},
};

mah_convert *mah_convert_row(int32_t to, int32_t from) {
  return to < WIDE && from < WIDE ? table[to][from]
                                  : MAH_PICK(mah_narrow_kernels)->convert[to][from];
}

/* -- Transposed: by tiles, which the cache holds both ways ------------------------------------- */

enum { TILE = 32 };

/* out[i, j] = in[j, i]; steps in elements from one row to the next. Four by four through a small
 * square, which the compiler keeps in registers; then what is left. */
#define TURN(S, T)                                                                                 \
  static void turn_##S(void *to, int64_t out_step, const void *from, int64_t in_step,              \
                       int64_t rows, int64_t columns) {                                            \
    T *restrict out = to, square[4][4];                                                            \
    const T *restrict in = from;                                                                   \
    int64_t whole = columns / 4 * 4, i = 0;                                                        \
    for (; i + 4 <= rows; i += 4)                                                                  \
      for (int64_t j = 0; j < whole; j += 4) {                                                     \
        for (int l = 0; l < 4; l++)                                                                \
          for (int k = 0; k < 4; k++) square[k][l] = in[(j + l) * in_step + i + k];                \
        for (int k = 0; k < 4; k++)                                                                \
          for (int l = 0; l < 4; l++) out[(i + k) * out_step + j + l] = square[k][l];              \
      }                                                                                            \
    for (int64_t k = 0; k < rows; k++)                                                             \
      for (int64_t j = k < i ? whole : 0; j < columns; j++)                                        \
        out[k * out_step + j] = in[j * in_step + k];                                               \
  }
TURN(f32, float)
TURN(f64, double)
TURN(i32, int32_t)
TURN(u8, uint8_t)
TURN(u16, uint16_t)
TURN(i64, int64_t)

typedef void turn_tile(void *to, int64_t out_step, const void *from, int64_t in_step, int64_t rows,
                       int64_t columns);
static turn_tile *const turns[MAH_DTYPES] = {turn_f32, turn_f64, turn_i32, turn_u8,
                                             turn_i64, turn_u8,  turn_u16, turn_u16};

/* Are out's rows the columns of the source, which lie together? */
static int is_turned(const mah_loop *loop, int64_t size) {
  return loop->ndim > 0 && loop->step[0] == size && loop->step[1] > size &&
         loop->outer[1][loop->ndim - 1] == size;
}

/* The loop's last two dimensions, which are rows x loop->count. */
static void turn(const mah_loop *loop, int64_t rows, int32_t dtype) {
  int64_t out_step = loop->outer[0][loop->ndim - 1], in_step = loop->step[1], columns = loop->count;
  int64_t size = mah_dtype_size(dtype);
  for (int64_t i = 0; i < rows; i += TILE)
    for (int64_t j = 0; j < columns; j += TILE)
      turns[dtype](loop->data[0] + i * out_step + j * size, out_step / size,
                   loop->data[1] + i * size + j * in_step, in_step / size,
                   rows - i < TILE ? rows - i : TILE, columns - j < TILE ? columns - j : TILE);
}

static void copy_turned(mah_loop *loop, int32_t dtype) {
  int64_t rows = loop->extent[loop->ndim - 1];
  loop->extent[loop->ndim - 1] = 1; /* all at once */
  for (int more = loop->rows > 0; more; more = mah_loop_next(loop)) turn(loop, rows, dtype);
}

/* -- Row by row -------------------------------------------------------------------------------- */

static mah_status copy_rows(mah_tensor *out, const mah_tensor *t) {
  mah_loop loop;
  MAH_TRY(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){out, t}));
  if (out->elem == t->elem && is_turned(&loop, mah_dtype_size(t->elem)))
    return copy_turned(&loop, t->elem), MAH_OK;
  mah_convert *convert = mah_convert_row(out->elem, t->elem);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    convert(loop.data[0], loop.step[0], loop.data[1], loop.step[1], loop.count);
  return MAH_OK;
}

mah_status mah_tensor_copy(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check_writable(out, "destination"));
  MAH_TRY(mah_tensor_check(t, "source"));
  if (mah_tensor_same_view(out, t)) return MAH_OK;
  if (!mah_tensor_overlaps(out, t)) return copy_rows(out, t);
  mah_tensor apart = {0};
  mah_status status = mah_tensor_clone(&apart, t);
  if (status == MAH_OK) status = copy_rows(out, &apart);
  mah_tensor_release(&apart);
  return status;
}

mah_status mah_tensor_to(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  return copy_rows(out, t);
}

mah_status mah_tensor_clone(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  return mah_tensor_to(out, t, t->elem);
}

mah_status mah_tensor_fill(mah_tensor *out, double value) {
  mah_loop loop;
  MAH_TRY(mah_tensor_check_writable(out, "tensor"));
  MAH_TRY(mah_loop_plan_any_order(&loop, 1, (const mah_tensor *[]){out}));
  mah_convert *convert = mah_convert_row(out->elem, MAH_FLOAT64);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    convert(loop.data[0], loop.step[0], (const char *)&value, 0, loop.count);
  return MAH_OK;
}
