/* fft.c - the vectors of a tensor on their way through a transform.
 *
 * Short vectors go side by side, as many as a block has lanes; long ones, few ones, and those of
 * lengths that have no passes one by one (fft_line.c). Real vectors of an even length are complex
 * ones of half of it. A transform backward is one forward with real and imaginary parts exchanged,
 * on the way in and on the way out.
 */
#include "tensor/fft.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "tensor/fft_block.h"

#include <string.h>

enum { MOST_ROWS = 1 << 14 }; /* longer vectors are taken one by one */
enum { MOST_TASKS = 16 };

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/* -- A block: in, through, out ----------------------------------------------------------------- */

static void load_vectors(const mah_fft_job *j, char *b[4], const mah_fft_strip *s) {
  char *re = b[0], *im = b[1];
  if (j->form == MAH_FFT_TO_REAL) {
    int64_t all = j->n / 2 + 1, rows = lesser(j->in, all);
    mah_fft_load(j, re, j->re_, s, 0, 1, rows, all);
    mah_fft_load(j, im, j->im_, s, 0, 1, rows, all);
  } else if (j->packed) {
    mah_fft_load_pairs(j, b, s);
  } else {
    int64_t rows = lesser(j->in, j->n);
    mah_fft_load(j, re, j->re_, s, 0, 1, rows, j->n);
    mah_fft_load(j, im, j->im_, s, 0, 1, rows, j->n);
  }
}

#define MIRROR(S, T)                                                                               \
  static void mirror_##S(T *re, T *im, int64_t n) {                                                \
    for (int64_t k = n / 2 + 1; k < n; k++) {                                                      \
      re[k] = re[n - k];                                                                           \
      im[k] = -im[n - k];                                                                          \
    }                                                                                              \
  }                                                                                                \
  static void mirror_rows_##S(T *re, T *im, int64_t n, int64_t lanes) {                            \
    for (int64_t k = n / 2 + 1; k < n; k++)                                                        \
      for (int64_t l = 0; l < lanes; l++) {                                                        \
        re[k * lanes + l] = re[(n - k) * lanes + l];                                               \
        im[k * lanes + l] = -im[(n - k) * lanes + l];                                              \
      }                                                                                            \
  }
MIRROR(f32, float)
MIRROR(f64, double)

/* The second half of a real vector's transform, from the first. */
static void mirror(const mah_fft_job *j, char *re, char *im) {
  if (j->lanes == 1 && j->wide)
    mirror_f64((void *)re, (void *)im, j->n);
  else if (j->lanes == 1)
    mirror_f32((void *)re, (void *)im, j->n);
  else if (j->wide)
    mirror_rows_f64((void *)re, (void *)im, j->n, j->lanes);
  else
    mirror_rows_f32((void *)re, (void *)im, j->n, j->lanes);
}

/* Transforms (b[0], b[1]); the result is there again. */
static void transform(const mah_fft_job *j, char *b[4], int backward, char *room, double scale) {
  char *re = b[backward], *im = b[!backward];
  if (j->lanes == 1) {
    mah_fft_line(j->plan, re, im, re, im, scale, room, j->tasks > 1 ? 1 : MOST_TASKS);
    return;
  }
  char *re2 = b[2 + backward], *im2 = b[2 + !backward];
  if (mah_fft_pick()->run[j->wide](re, im, re2, im2, &j->plan->steps))
    for (int i = 0; i < 2; i++) {
      char *other = b[i];
      b[i] = b[i + 2];
      b[i + 2] = other;
    }
}

static void exchange(char *b[4]) {
  for (int i = 0; i < 2; i++) {
    char *other = b[i];
    b[i] = b[i + 2];
    b[i + 2] = other;
  }
}

static void to_real(const mah_fft_job *j, char *b[4], const mah_fft_strip *to, char *room) {
  const mah_fft_table *kernel = mah_fft_pick();
  if (!j->packed) {
    mirror(j, b[0], b[1]);
    memset(b[1], 0,
           (size_t)mah_fft_row_bytes(j)); /* what the first element has of it is not looked at */
    transform(j, b, 1, room, 1);
    mah_fft_store(j, j->out_re, b[0], to, 0, 1, j->n, j->scale);
    return;
  }
  mah_fft_half *half = j->lanes == 1 ? kernel->half_one[j->wide] : kernel->half[j->wide];
  half(b[2], b[3], b[0], b[1], j->half_->w, j->length, j->scale);
  exchange(b);
  transform(j, b, 1, room, 1);
  mah_fft_store_pairs(j, b, to);
}

static void to_complex(const mah_fft_job *j, char *b[4], const mah_fft_strip *to, char *room) {
  const mah_fft_table *kernel = mah_fft_pick();
  int64_t rows = j->form == MAH_FFT_FROM_REAL ? j->n / 2 + 1 : j->n;
  double scale = j->scale;
  transform(j, b, j->backward && !j->packed, room, 1);
  if (j->packed) {
    mah_fft_real *real = j->lanes == 1 ? kernel->real_one[j->wide] : kernel->real[j->wide];
    real(b[2], b[3], b[0], b[1], j->half_->w, j->length, j->scale);
    exchange(b);
    scale = 1;
    if (j->form == MAH_FFT_FROM_REAL_TO_ALL) mirror(j, b[0], b[1]);
  }
  mah_fft_store(j, j->out_re, b[0], to, 0, 1, rows, scale);
  mah_fft_store(j, j->out_im_, b[1], to, 0, 1, rows, j->backward && j->packed ? -scale : scale);
}

static void run_task(void *context, int32_t task) {
  const mah_fft_job *j = context;
  int64_t blocks = (j->lines + j->lanes - 1) / j->lanes;
  int64_t first = blocks * task / j->tasks, end = blocks * (task + 1) / j->tasks;
  for (int64_t block = first; block < end; block++) {
    char *room = j->room + task * j->room_bytes, *b[4];
    mah_fft_strip from, to;
    for (int i = 0; i < 4; i++) b[i] = room + i * j->part_bytes;
    mah_fft_place(&from, j, block * j->lanes, j->in);
    mah_fft_place(&to, j, block * j->lanes, j->out);
    load_vectors(j, b, &from);
    (j->form == MAH_FFT_TO_REAL ? to_real : to_complex)(j, b, &to, room + 4 * j->part_bytes);
  }
}

/* -- The job ----------------------------------------------------------------------------------- */

/* One vector that lies as it should needs no way through a block. */
static int is_plain(const mah_fft_job *j) {
  return j->form == MAH_FFT_COMPLEX && j->im_ && j->lanes == 1 && j->inner == 1 && j->in == j->n;
}

static void run_plain(void *context, int32_t task) {
  const mah_fft_job *j = context;
  int64_t first = j->lines * task / j->tasks, end = j->lines * (task + 1) / j->tasks;
  for (int64_t line = first; line < end; line++) {
    int64_t at = line * j->n * mah_fft_size(j);
    const char *re = j->backward ? j->im_ : j->re_, *im = j->backward ? j->re_ : j->im_;
    char *out_re = j->backward ? j->out_im_ : j->out_re;
    char *out_im = j->backward ? j->out_re : j->out_im_;
    mah_fft_line(j->plan, out_re + at, out_im + at, re + at, im + at, j->scale,
                 j->room + task * j->room_bytes, j->tasks > 1 ? 1 : MOST_TASKS);
  }
}

static int64_t block_up(int64_t bytes) {
  return (bytes + MAH_FFT_BLOCK - 1) / MAH_FFT_BLOCK * MAH_FFT_BLOCK;
}

static mah_status make_plans(mah_fft_job *j) {
  int64_t lanes = MAH_FFT_BLOCK / mah_fft_size(j);
  int rows = j->lines >= lanes / 2 && j->length <= MOST_ROWS && mah_fft_is_smooth(j->length);
  j->lanes = rows ? lanes : 1;
  MAH_TRY(mah_fft_plan_get(&j->plan, j->length, j->wide, rows ? MAH_FFT_ROWS : MAH_FFT_LINE));
  if (j->packed) MAH_TRY(mah_fft_plan_get(&j->half_, j->length, j->wide, MAH_FFT_HALF));
  return MAH_OK;
}

static mah_status run_job(mah_fft_job *j) {
  enum { WORTH = 1 << 15 }; /* numbers that are worth a second thread */
  MAH_TRY(make_plans(j));
  int64_t blocks = (j->lines + j->lanes - 1) / j->lanes;
  j->tasks = j->lines * j->n < WORTH ? 1 : (int32_t)lesser(blocks, MOST_TASKS);
  if (mah_parallel_threads() == 1) j->tasks = 1;
  int plain = is_plain(j), is_half = j->packed && j->form != MAH_FFT_FROM_REAL_TO_ALL;
  j->part_bytes = plain ? 0 : block_up(((is_half ? j->length : j->n) + 1) * mah_fft_row_bytes(j));
  j->room_bytes = 4 * j->part_bytes;
  if (j->lanes == 1)
    j->room_bytes += block_up(mah_fft_line_room(j->plan, j->tasks > 1 ? 1 : MOST_TASKS));
  j->room = mah_alloc(j->tasks, (size_t)j->room_bytes);
  if (j->room == NULL) return MAH_ERROR_MEMORY;
  mah_parallel_run(plain ? run_plain : run_task, j, j->tasks);
  mah_free(j->room);
  return MAH_OK;
}

/* -- Tensors ----------------------------------------------------------------------------------- */

/* t as a row-major float tensor: itself, or a copy of another dtype or order. */
static mah_status arrange(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  if (t->elem == dtype && mah_tensor_is_contiguous(t)) return mah_tensor_alias(out, t);
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  mah_status status = mah_tensor_copy(out, t);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

static int same_shape(const mah_tensor *a, const mah_tensor *b) {
  return a->ndim == b->ndim &&
         memcmp(a->extent, b->extent, sizeof a->extent[0] * (size_t)a->ndim) == 0;
}

static mah_status check(const char *name, const mah_tensor *re, const mah_tensor *im_, int32_t dim,
                        int64_t n) {
  MAH_TRY(mah_tensor_check(re, name));
  if (im_) MAH_TRY(mah_tensor_check(im_, name));
  if (im_ && !same_shape(re, im_))
    return mah_fail(MAH_ERROR_SHAPE, "%s: real and imaginary parts differ in shape: %s and %s",
                    name, mah_tensor_describe(re), mah_tensor_describe(im_));
  if (dim < 0 || dim >= re->ndim)
    return mah_fail(MAH_ERROR_SHAPE, "%s: %s has no dimension %d", name, mah_tensor_describe(re),
                    dim + 1);
  if (n < 1 || n > (int64_t)1 << 40)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: %lld elements along dimension %d of %s", name,
                    (long long)n, dim + 1, mah_tensor_describe(re));
  return MAH_OK;
}

static int32_t dtype_of(const mah_tensor *re, const mah_tensor *im_) {
  return re->elem == MAH_FLOAT64 || (im_ && im_->elem == MAH_FLOAT64) ? MAH_FLOAT64 : MAH_FLOAT32;
}

static void lay_out(mah_fft_job *j, const mah_tensor *re, int32_t dim, int64_t n,
                    enum mah_fft_form form) {
  j->form = form;
  j->n = n;
  j->in = re->extent[dim];
  j->out = form == MAH_FFT_FROM_REAL ? n / 2 + 1 : n;
  j->packed = form != MAH_FFT_COMPLEX && n % 2 == 0;
  j->length = j->packed ? n / 2 : n;
  j->outer = j->inner = 1;
  for (int32_t d = 0; d < dim; d++) j->outer *= re->extent[d];
  for (int32_t d = dim + 1; d < re->ndim; d++) j->inner *= re->extent[d];
  j->lines = j->outer * j->inner;
}

/* out_im NULL for a real result */
static mah_status run(mah_tensor *out_re, mah_tensor *out_im_, const mah_tensor *re,
                      const mah_tensor *im_, int32_t dim, int64_t n, enum mah_fft_form form,
                      int backward, double scale) {
  mah_tensor x = {0}, y = {0};
  int32_t dtype = dtype_of(re, im_);
  int64_t extent[MAH_MAX_DIMS];
  mah_fft_job j = {.backward = backward, .wide = dtype == MAH_FLOAT64, .scale = scale};
  lay_out(&j, re, dim, n, form);
  memcpy(extent, re->extent, sizeof extent);
  extent[dim] = j.out;
  MAH_TRY(arrange(&x, re, dtype));
  mah_status status = im_ ? arrange(&y, im_, dtype) : MAH_OK;
  if (status == MAH_OK) status = mah_tensor_new(out_re, dtype, re->ndim, extent);
  if (status == MAH_OK && out_im_) status = mah_tensor_new(out_im_, dtype, re->ndim, extent);
  j.re_ = x.data, j.im_ = im_ ? y.data : NULL, j.out_re = out_re->data;
  j.out_im_ = out_im_ ? out_im_->data : NULL;
  if (status == MAH_OK && j.lines > 0) status = run_job(&j);
  mah_fft_plan_trim();
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(out_re);
  mah_tensor_release(out_im_);
  return status;
}

mah_status mah_fft(mah_tensor *out_re, mah_tensor *out_im, const mah_tensor *re,
                   const mah_tensor *im_, int32_t dim, int64_t n, int32_t direction, double scale) {
  int backward = direction == MAH_FFT_BACKWARD;
  MAH_TRY(check(backward ? "ifft" : "fft", re, im_, dim, n));
  enum mah_fft_form form = im_ == NULL && n % 2 == 0 ? MAH_FFT_FROM_REAL_TO_ALL : MAH_FFT_COMPLEX;
  return run(out_re, out_im, re, im_, dim, n, form, backward, scale);
}

mah_status mah_rfft(mah_tensor *out_re, mah_tensor *out_im, const mah_tensor *x, int32_t dim,
                    int64_t n, double scale) {
  MAH_TRY(check("rfft", x, NULL, dim, n));
  return run(out_re, out_im, x, NULL, dim, n, MAH_FFT_FROM_REAL, 0, scale);
}

mah_status mah_irfft(mah_tensor *out, const mah_tensor *re, const mah_tensor *im_, int32_t dim,
                     int64_t n, double scale) {
  MAH_TRY(check("irfft", re, im_, dim, n));
  return run(out, NULL, re, im_, dim, n, MAH_FFT_TO_REAL, 1, scale);
}
