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
#include "base/simd.h"
#include "tensor/fft_plan.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_fft_table, mah_fft_kernels);

enum { MOST_ROWS = 1 << 14 }; /* longer vectors are taken one by one */
enum { MOST_TASKS = 16 };

enum form { COMPLEX, TO_REAL, FROM_REAL, FROM_REAL_TO_ALL };

/* Vectors (outer, length, inner), `in` numbers long where they come from, `out` where they go. */
typedef struct job {
  enum form form;
  int backward, wide, packed; /* packed: real vectors as complex ones of half their length */
  char *out_re, *out_im_;
  const char *re_, *im_;
  int64_t n, in, out, outer, inner, lines, lanes;
  int64_t length; /* of the complex transform */
  double scale;
  const mah_fft_plan *plan, *half_;
  char *room;
  int64_t room_bytes, part_bytes;
  int32_t tasks;
} job;

static int64_t size_of(const job *j) { return j->wide ? 8 : 4; }
static int64_t row_bytes(const job *j) { return j->lanes == 1 ? size_of(j) : MAH_FFT_BLOCK; }
static const mah_fft_table *kernels(void) { return MAH_PICK(mah_fft_kernels); }

/* -- Numbers from and to a block ----------------------------------------------------------------
 *
 * Lane l of a block is a vector whose first number lies at base[l]; its j-th one `step` numbers
 * behind.
 */
typedef struct strip {
  int64_t base[MAH_FFT_BLOCK / 4], step;
  int64_t lanes, room; /* in use, and in a row of the block */
  int64_t length;      /* numbers in a vector */
  int together;        /* lanes are neighbours in memory */
  int turned;          /* or one behind the other, the numbers of each being neighbours */
} strip;

/* Whole rows of a block that is as long as a cache line. The next block's rows lie behind: what is
 * that far apart is not guessed by the processor. */
static void load_whole(char *block, const char *x, int64_t step, int64_t rows) {
  for (int64_t j = 0; j < rows; j++, x += step) {
    __builtin_prefetch(x + MAH_FFT_BLOCK, 0, 2);
    memcpy(block + j * MAH_FFT_BLOCK, x, MAH_FFT_BLOCK);
  }
}
static void store_whole(char *y, const char *block, int64_t step, int64_t rows) {
  for (int64_t j = 0; j < rows; j++, y += step) {
    __builtin_prefetch(y + MAH_FFT_BLOCK, 1, 2);
    memcpy(y, block + j * MAH_FFT_BLOCK, MAH_FFT_BLOCK);
  }
}

#define MOVE(S, T)                                                                                 \
  static void load_##S(T *block, const T *x, const strip *s, int64_t first, int64_t by,            \
                       int64_t rows) {                                                             \
    x += first * s->step;                                                                          \
    if (s->together && s->lanes * (int64_t)sizeof *x == MAH_FFT_BLOCK) {                           \
      load_whole((void *)block, (const void *)(x + s->base[0]), by * s->step * (int64_t)sizeof *x, \
                 rows);                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t j = 0; j < rows; j++, block += s->room, x += by * s->step)                        \
      for (int64_t l = 0; l < s->lanes; l++) block[l] = x[s->base[l]];                             \
  }                                                                                                \
  static void store_##S(T *y, const T *block, const strip *s, int64_t first, int64_t by,           \
                        int64_t rows) {                                                            \
    y += first * s->step;                                                                          \
    if (s->together && s->lanes * (int64_t)sizeof *y == MAH_FFT_BLOCK) {                           \
      store_whole((void *)(y + s->base[0]), (const void *)block,                                   \
                  by * s->step * (int64_t)sizeof *y, rows);                                        \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t j = 0; j < rows; j++, block += s->room, y += by * s->step)                        \
      for (int64_t l = 0; l < s->lanes; l++) y[s->base[l]] = block[l];                             \
  }
MOVE(f32, float)
MOVE(f64, double)

/* The place of vectors first, first + 1, ... in a tensor where they are `length` long. */
static void place(strip *s, const job *j, int64_t first, int64_t length) {
  s->lanes = j->lines - first < j->lanes ? j->lines - first : j->lanes;
  s->room = j->lanes;
  s->step = j->inner;
  s->length = length;
  s->base[0] = 0;
  for (int64_t l = 0; l < s->lanes; l++) {
    int64_t line = first + l;
    s->base[l] = line / j->inner * length * j->inner + line % j->inner;
  }
  s->together = j->inner > 1 && s->base[s->lanes - 1] - s->base[0] == s->lanes - 1;
  s->turned = j->inner == 1;
}

/* Numbers first, first + by, ... of the vectors at x_ become `rows` rows of a block; then follow
 * zeros, up to `all`. */
static void load(const job *j, char *block, const char *x_, const strip *s, int64_t first,
                 int64_t by, int64_t rows, int64_t all) {
  int64_t row = row_bytes(j);
  if (x_ == NULL) rows = 0;
  if (s->lanes < s->room) memset(block, 0, (size_t)(rows * row));
  if (rows > 0 && s->turned && by == 1)
    kernels()->turn[j->wide](block, s->room, x_ + s->base[0] * size_of(j), s->length, s->lanes,
                             rows);
  else if (rows > 0 && j->wide)
    load_f64((void *)block, (const void *)x_, s, first, by, rows);
  else if (rows > 0)
    load_f32((void *)block, (const void *)x_, s, first, by, rows);
  memset(block + rows * row, 0, (size_t)((all - rows) * row));
}

/* Rows of a block become numbers first, first + by, ... of the vectors at y, times `scale`. */
static void store(const job *j, char *y, char *block, const strip *s, int64_t first, int64_t by,
                  int64_t rows, double scale) {
  if (scale != 1) kernels()->scale[j->wide](block, block, scale, rows * s->room);
  if (s->turned && by == 1)
    kernels()->turn[j->wide](y + s->base[0] * size_of(j), s->length, block, s->room, rows,
                             s->lanes);
  else if (j->wide)
    store_f64((void *)y, (const void *)block, s, first, by, rows);
  else
    store_f32((void *)y, (const void *)block, s, first, by, rows);
}

/* Even numbers of the vectors at x become rows of b[0], odd ones of b[1]. */
static void load_pairs(const job *j, char *b[4], const strip *s) {
  int64_t rows = j->in < j->n ? j->in : j->n, size = size_of(j), pairs = rows / 2;
  int64_t row = row_bytes(j);
  if (!s->turned || rows % 2 != 0) {
    load(j, b[0], j->re_, s, 0, 2, (rows + 1) / 2, j->length);
    load(j, b[1], j->re_, s, 1, 2, rows / 2, j->length);
    return;
  }
  if (j->lanes == 1) {
    kernels()->deal[j->wide](b[0], b[1], j->re_ + s->base[0] * size, pairs);
  } else {
    load(j, b[2], j->re_, s, 0, 1, rows, rows); /* b[3] follows b[2] */
    for (int64_t k = 0; k < pairs; k++) {
      memcpy(b[0] + k * row, b[2] + 2 * k * row, (size_t)row);
      memcpy(b[1] + k * row, b[2] + (2 * k + 1) * row, (size_t)row);
    }
  }
  for (int i = 0; i < 2; i++) memset(b[i] + pairs * row, 0, (size_t)((j->length - pairs) * row));
}

static void store_pairs(const job *j, char *b[4], const strip *s) {
  int64_t pairs = j->length;
  if (s->turned && j->lanes == 1) {
    kernels()->join[j->wide](j->out_re + s->base[0] * size_of(j), b[0], b[1], pairs);
  } else {
    store(j, j->out_re, b[0], s, 0, 2, pairs, 1);
    store(j, j->out_re, b[1], s, 1, 2, pairs, 1);
  }
}

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/* -- A block: in, through, out ----------------------------------------------------------------- */

static void load_vectors(const job *j, char *b[4], const strip *s) {
  char *re = b[0], *im = b[1];
  if (j->form == TO_REAL) {
    int64_t all = j->n / 2 + 1, rows = lesser(j->in, all);
    load(j, re, j->re_, s, 0, 1, rows, all);
    load(j, im, j->im_, s, 0, 1, rows, all);
  } else if (j->packed) {
    load_pairs(j, b, s);
  } else {
    int64_t rows = lesser(j->in, j->n);
    load(j, re, j->re_, s, 0, 1, rows, j->n);
    load(j, im, j->im_, s, 0, 1, rows, j->n);
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
static void mirror(const job *j, char *re, char *im) {
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
static void transform(const job *j, char *b[4], int backward, char *room, double scale) {
  char *re = b[backward], *im = b[!backward];
  if (j->lanes == 1) {
    mah_fft_line(j->plan, re, im, re, im, scale, room, j->tasks > 1 ? 1 : MOST_TASKS);
    return;
  }
  char *re2 = b[2 + backward], *im2 = b[2 + !backward];
  if (kernels()->run[j->wide](re, im, re2, im2, &j->plan->steps))
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

static void to_real(const job *j, char *b[4], const strip *to, char *room) {
  const mah_fft_table *kernel = kernels();
  if (!j->packed) {
    mirror(j, b[0], b[1]);
    memset(b[1], 0, (size_t)row_bytes(j)); /* what the first element has of it is not looked at */
    transform(j, b, 1, room, 1);
    store(j, j->out_re, b[0], to, 0, 1, j->n, j->scale);
    return;
  }
  mah_fft_half *half = j->lanes == 1 ? kernel->half_one[j->wide] : kernel->half[j->wide];
  half(b[2], b[3], b[0], b[1], j->half_->w, j->length, j->scale);
  exchange(b);
  transform(j, b, 1, room, 1);
  store_pairs(j, b, to);
}

static void to_complex(const job *j, char *b[4], const strip *to, char *room) {
  const mah_fft_table *kernel = kernels();
  int64_t rows = j->form == FROM_REAL ? j->n / 2 + 1 : j->n;
  double scale = j->scale;
  transform(j, b, j->backward && !j->packed, room, 1);
  if (j->packed) {
    mah_fft_real *real = j->lanes == 1 ? kernel->real_one[j->wide] : kernel->real[j->wide];
    real(b[2], b[3], b[0], b[1], j->half_->w, j->length, j->scale);
    exchange(b);
    scale = 1;
    if (j->form == FROM_REAL_TO_ALL) mirror(j, b[0], b[1]);
  }
  store(j, j->out_re, b[0], to, 0, 1, rows, scale);
  store(j, j->out_im_, b[1], to, 0, 1, rows, j->backward && j->packed ? -scale : scale);
}

static void run_task(void *context, int32_t task) {
  const job *j = context;
  int64_t blocks = (j->lines + j->lanes - 1) / j->lanes;
  int64_t first = blocks * task / j->tasks, end = blocks * (task + 1) / j->tasks;
  for (int64_t block = first; block < end; block++) {
    char *room = j->room + task * j->room_bytes, *b[4];
    strip from, to;
    for (int i = 0; i < 4; i++) b[i] = room + i * j->part_bytes;
    place(&from, j, block * j->lanes, j->in);
    place(&to, j, block * j->lanes, j->out);
    load_vectors(j, b, &from);
    (j->form == TO_REAL ? to_real : to_complex)(j, b, &to, room + 4 * j->part_bytes);
  }
}

/* -- The job ----------------------------------------------------------------------------------- */

/* One vector that lies as it should needs no way through a block. */
static int is_plain(const job *j) {
  return j->form == COMPLEX && j->im_ && j->lanes == 1 && j->inner == 1 && j->in == j->n;
}

static void run_plain(void *context, int32_t task) {
  const job *j = context;
  int64_t first = j->lines * task / j->tasks, end = j->lines * (task + 1) / j->tasks;
  for (int64_t line = first; line < end; line++) {
    int64_t at = line * j->n * size_of(j);
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

static mah_status make_plans(job *j) {
  int64_t lanes = MAH_FFT_BLOCK / size_of(j);
  int rows = j->lines >= lanes / 2 && j->length <= MOST_ROWS && mah_fft_is_smooth(j->length);
  j->lanes = rows ? lanes : 1;
  MAH_TRY(mah_fft_plan_get(&j->plan, j->length, j->wide, rows ? MAH_FFT_ROWS : MAH_FFT_LINE));
  if (j->packed) MAH_TRY(mah_fft_plan_get(&j->half_, j->length, j->wide, MAH_FFT_HALF));
  return MAH_OK;
}

static mah_status run_job(job *j) {
  enum { WORTH = 1 << 15 }; /* numbers that are worth a second thread */
  MAH_TRY(make_plans(j));
  int64_t blocks = (j->lines + j->lanes - 1) / j->lanes;
  j->tasks = j->lines * j->n < WORTH ? 1 : (int32_t)lesser(blocks, MOST_TASKS);
  if (mah_parallel_threads() == 1) j->tasks = 1;
  int plain = is_plain(j), is_half = j->packed && j->form != FROM_REAL_TO_ALL;
  j->part_bytes = plain ? 0 : block_up(((is_half ? j->length : j->n) + 1) * row_bytes(j));
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

static void lay_out(job *j, const mah_tensor *re, int32_t dim, int64_t n, enum form form) {
  j->form = form;
  j->n = n;
  j->in = re->extent[dim];
  j->out = form == FROM_REAL ? n / 2 + 1 : n;
  j->packed = form != COMPLEX && n % 2 == 0;
  j->length = j->packed ? n / 2 : n;
  j->outer = j->inner = 1;
  for (int32_t d = 0; d < dim; d++) j->outer *= re->extent[d];
  for (int32_t d = dim + 1; d < re->ndim; d++) j->inner *= re->extent[d];
  j->lines = j->outer * j->inner;
}

/* out_im NULL for a real result */
static mah_status run(mah_tensor *out_re, mah_tensor *out_im_, const mah_tensor *re,
                      const mah_tensor *im_, int32_t dim, int64_t n, enum form form, int backward,
                      double scale) {
  mah_tensor x = {0}, y = {0};
  int32_t dtype = dtype_of(re, im_);
  int64_t extent[MAH_MAX_DIMS];
  job j = {.backward = backward, .wide = dtype == MAH_FLOAT64, .scale = scale};
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
  enum form form = im_ == NULL && n % 2 == 0 ? FROM_REAL_TO_ALL : COMPLEX;
  return run(out_re, out_im, re, im_, dim, n, form, backward, scale);
}

mah_status mah_rfft(mah_tensor *out_re, mah_tensor *out_im, const mah_tensor *x, int32_t dim,
                    int64_t n, double scale) {
  MAH_TRY(check("rfft", x, NULL, dim, n));
  return run(out_re, out_im, x, NULL, dim, n, FROM_REAL, 0, scale);
}

mah_status mah_irfft(mah_tensor *out, const mah_tensor *re, const mah_tensor *im_, int32_t dim,
                     int64_t n, double scale) {
  MAH_TRY(check("irfft", re, im_, dim, n));
  return run(out, NULL, re, im_, dim, n, TO_REAL, 1, scale);
}
