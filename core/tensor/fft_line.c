/* fft_line.c - the Fourier transform of one vector.
 *
 * A long one is laid out as a matrix of n1 rows and n2 columns: the columns are transformed, a block
 * of them side by side at a time, then turned by twiddles, and so are the rows (Bailey: "FFTs in
 * external or hierarchical memory", J. Supercomputing 4, 1990): whatever the length, all arithmetic
 * is on whole blocks that stay in cache.
 */
#include "base/parallel.h"
#include "base/simd.h"
#include "tensor/fft_plan.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_fft_table, mah_fft_kernels);

static int64_t up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }
static int64_t size_of(const mah_fft_plan *plan) { return plan->wide ? 8 : 4; }
static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

/* Bytes of an array of n numbers. */
static int64_t array(const mah_fft_plan *plan, int64_t n) {
  return up(n * size_of(plan), MAH_FFT_BLOCK);
}

/* Numbers from one row of the turned matrix to the next: an odd number of blocks, for rows that are
 * a power of two apart would meet in the cache. */
static int64_t row_of(const mah_fft_plan *plan) {
  int64_t lanes = MAH_FFT_BLOCK / size_of(plan);
  return (up(plan->n1, lanes) / lanes | 1) * lanes;
}

static int64_t turned_bytes(const mah_fft_plan *plan) {
  int64_t lanes = MAH_FFT_BLOCK / size_of(plan);
  return up(plan->n2, lanes) * row_of(plan) * size_of(plan);
}

/* What a task of a split needs: four blocks. */
static int64_t blocks_bytes(const mah_fft_plan *plan) {
  return 4 * greater(plan->n1, plan->n2) * MAH_FFT_BLOCK;
}

int64_t mah_fft_line_room(const mah_fft_plan *plan, int32_t tasks) {
  if (plan->way == MAH_FFT_CHIRP)
    return 2 * array(plan, plan->around->n) + mah_fft_line_room(plan->around, tasks);
  if (plan->way == MAH_FFT_SPLIT) return 2 * turned_bytes(plan) + tasks * blocks_bytes(plan);
  return 4 * array(plan, plan->n);
}

/* -- Split ------------------------------------------------------------------------------------- */

typedef struct split {
  const mah_fft_plan *plan;
  char *out_re, *out_im, *turned_re, *turned_im, *blocks;
  const char *re, *im_;
  double scale;
  int32_t tasks;
} split;

/* Task i's share of n blocks. */
static void share(int64_t *first, int64_t *end, int64_t n, int32_t i, int32_t tasks) {
  *first = n * i / tasks;
  *end = n * (i + 1) / tasks;
}

/* `rows` rows of `bytes` bytes, `step` bytes apart, become a block; what is missing is 0. */
static void load_block(char *block, const char *x_, int64_t step, int64_t rows, int64_t bytes) {
  if (x_ == NULL || bytes < MAH_FFT_BLOCK) memset(block, 0, (size_t)(rows * MAH_FFT_BLOCK));
  if (x_ == NULL) return;
  if (bytes == MAH_FFT_BLOCK)
    for (int64_t i = 0; i < rows; i++)
      memcpy(block + i * MAH_FFT_BLOCK, x_ + i * step, MAH_FFT_BLOCK);
  else
    for (int64_t i = 0; i < rows; i++)
      memcpy(block + i * MAH_FFT_BLOCK, x_ + i * step, (size_t)bytes);
}

static void store_block(char *y, const char *block, int64_t step, int64_t rows, int64_t bytes) {
  if (bytes == MAH_FFT_BLOCK)
    for (int64_t i = 0; i < rows; i++)
      memcpy(y + i * step, block + i * MAH_FFT_BLOCK, MAH_FFT_BLOCK);
  else
    for (int64_t i = 0; i < rows; i++)
      memcpy(y + i * step, block + i * MAH_FFT_BLOCK, (size_t)bytes);
}

static int64_t part_of_block(int64_t columns, int64_t first, int64_t size) {
  int64_t bytes = (columns - first) * size;
  return bytes < MAH_FFT_BLOCK ? bytes : MAH_FFT_BLOCK;
}

/* Transforms a block of n rows that lies in b[0], b[1], with b[2], b[3] as room. */
static void run_block(const mah_fft_plan *plan, char *b[4], const mah_fft_steps *steps) {
  if (MAH_PICK(mah_fft_kernels)->run[plan->wide](b[0], b[1], b[2], b[3], steps))
    for (int i = 0; i < 2; i++) {
      char *other = b[i];
      b[i] = b[i + 2];
      b[i + 2] = other;
    }
}

static void place_blocks(char *b[4], const split *s, int32_t task) {
  int64_t bytes = blocks_bytes(s->plan);
  for (int i = 0; i < 4; i++) b[i] = s->blocks + task * bytes + i * (bytes / 4);
}

/* Columns: from the vector into the turned matrix. */
static void columns(void *context, int32_t task) {
  const split *s = context;
  const mah_fft_plan *p = s->plan;
  int64_t size = size_of(p), lanes = MAH_FFT_BLOCK / size, first, end, row = row_of(p);
  share(&first, &end, up(p->n2, lanes) / lanes, task, s->tasks);
  for (int64_t block = first; block < end; block++) {
    int64_t column = block * lanes, bytes = part_of_block(p->n2, column, size);
    char *b[4];
    place_blocks(b, s, task);
    load_block(b[0], s->re + column * size, p->n2 * size, p->n1, bytes);
    load_block(b[1], s->im_ ? s->im_ + column * size : NULL, p->n2 * size, p->n1, bytes);
    run_block(p, b, &p->steps);
    MAH_PICK(mah_fft_kernels)
        ->twist[p->wide](s->turned_re + column * row * size, s->turned_im + column * row * size,
                         row, b[0], b[1], (char *)p->base + 2 * block * p->n1 * size, p->lane_re,
                         p->lane_im, p->n1);
  }
}

static void scale_block(char *x, int64_t n, double scale, int wide) {
  if (scale != 1) MAH_PICK(mah_fft_kernels)->scale[wide](x, x, scale, n);
}

/* Rows, which are columns of the turned matrix: from there to where they belong. */
static void rows(void *context, int32_t task) {
  const split *s = context;
  const mah_fft_plan *p = s->plan;
  int64_t size = size_of(p), lanes = MAH_FFT_BLOCK / size, first, end, row = row_of(p) * size;
  share(&first, &end, up(p->n1, lanes) / lanes, task, s->tasks);
  for (int64_t block = first; block < end; block++) {
    int64_t column = block * lanes, bytes = part_of_block(p->n1, column, size);
    char *b[4];
    place_blocks(b, s, task);
    load_block(b[0], s->turned_re + column * size, row, p->n2, bytes);
    load_block(b[1], s->turned_im + column * size, row, p->n2, bytes);
    run_block(p, b, &p->inner);
    scale_block(b[0], p->n2 * lanes, s->scale, p->wide);
    scale_block(b[1], p->n2 * lanes, s->scale, p->wide);
    store_block(s->out_re + column * size, b[0], p->n1 * size, p->n2, bytes);
    store_block(s->out_im + column * size, b[1], p->n1 * size, p->n2, bytes);
  }
}

static void line_by_split(split *s, char *room, int32_t tasks) {
  int64_t turned = turned_bytes(s->plan);
  s->turned_re = room;
  s->turned_im = room + turned;
  s->blocks = room + 2 * turned;
  s->tasks = tasks;
  mah_parallel_run(columns, s, tasks);
  mah_parallel_run(rows, s, tasks);
}

/* -- The other ways ---------------------------------------------------------------------------- */

static void line_by_passes(const split *s, char *room) {
  const mah_fft_plan *p = s->plan;
  int64_t bytes = array(p, p->n), used = p->n * size_of(p);
  char *b[4];
  for (int i = 0; i < 4; i++) b[i] = room + i * bytes;
  memcpy(b[0], s->re, (size_t)used);
  if (s->im_)
    memcpy(b[1], s->im_, (size_t)used);
  else
    memset(b[1], 0, (size_t)used);
  int at = MAH_PICK(mah_fft_kernels)->run_one[p->wide](b[0], b[1], b[2], b[3], &p->steps) ? 2 : 0;
  scale_block(b[at], p->n, s->scale, p->wide);
  scale_block(b[at + 1], p->n, s->scale, p->wide);
  memcpy(s->out_re, b[at], (size_t)used);
  memcpy(s->out_im, b[at + 1], (size_t)used);
}

/* X[k] = chirp[k] sum_j (x[j] chirp[j]) chirp*[k - j]: a cyclic convolution of m. Its way back is a
 * way forth with the parts exchanged. */
static void line_by_chirp(const split *s, char *room, int32_t tasks) {
  const mah_fft_plan *p = s->plan, *around = p->around;
  const mah_fft_table *kernel = MAH_PICK(mah_fft_kernels);
  int64_t m = around->n, bytes = array(p, m), used = p->n * size_of(p);
  char *re = room, *im = room + bytes;
  memset(re, 0, (size_t)bytes);
  memset(im, 0, (size_t)bytes);
  memcpy(re, s->re, (size_t)used);
  if (s->im_) memcpy(im, s->im_, (size_t)used);
  room += 2 * bytes;
  kernel->product[p->wide](re, im, re, im, p->chirp_re, p->chirp_im, p->n);
  mah_fft_line(around, re, im, re, im, 1, room, tasks);
  kernel->product[p->wide](re, im, re, im, p->spectrum_re, p->spectrum_im, m);
  mah_fft_line(around, im, re, im, re, s->scale, room, tasks);
  kernel->product[p->wide](s->out_re, s->out_im, re, im, p->chirp_re, p->chirp_im, p->n);
}

void mah_fft_line(const mah_fft_plan *plan, void *out_re, void *out_im, const void *re,
                  const void *im_, double scale, void *room, int32_t tasks) {
  split s = {
      .plan = plan, .out_re = out_re, .out_im = out_im, .re = re, .im_ = im_, .scale = scale};
  if (plan->way == MAH_FFT_SPLIT)
    line_by_split(&s, room, tasks);
  else if (plan->way == MAH_FFT_CHIRP)
    line_by_chirp(&s, room, tasks);
  else
    line_by_passes(&s, room);
}
