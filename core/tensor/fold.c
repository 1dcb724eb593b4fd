#include "tensor/fold.h"

#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/kernels/reduce.h"
#include "tensor/split.h"

#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_fold_table, mah_folds);

enum {
  CHUNK = 1024,        /* elements of a row folded at a time, through a buffer */
  LONG_CHUNK = 16384,  /* and without one */
  PLACE_CHUNK = 4096,  /* short: it is looked at again where it has the best */
  SHORT = 32,          /* lines shorter than this are folded side by side */
  PAIRWISE_ROWS = 256, /* rows added up before they join the total */
  TOGETHER = 256,      /* chunks folded before their results are joined */
  STRETCH = 1 << 15,   /* elements of a line that are a task for a thread */
};

/* -- One line at a time ------------------------------------------------------------------------ */

/* n elements from `at` on, `step` bytes apart, in a row: where they are if they lie so (*kind 0:
 * float, 1: double), else as doubles in the buffer. */
static const void *in_a_row(int *kind, double *buffer, const mah_lines *l, const char *at,
                            int64_t step, int64_t n) {
  *kind = !(l->elem == MAH_FLOAT32 && step == (int64_t)sizeof(float));
  if (*kind == 0 || (l->elem == MAH_FLOAT64 && step == (int64_t)sizeof(double))) return at;
  mah_convert_row(MAH_FLOAT64, l->elem)((char *)buffer, sizeof(double), at, step, n);
  return buffer;
}

static int64_t chunk_of(const mah_lines *l) {
  int in_place = l->elem <= MAH_FLOAT64 && l->along == mah_dtype_size(l->elem);
  return in_place ? LONG_CHUNK : CHUNK;
}

static double join(int fold, double a, double b) {
  switch (fold) {
  case MAH_FOLD_product:
  case MAH_FOLD_nanproduct: return a * b;
  case MAH_FOLD_nansmallest:
  case MAH_FOLD_smallest: return b < a || b != b ? b : a;
  case MAH_FOLD_nanlargest:
  case MAH_FOLD_largest: return b > a || b != b ? b : a;
  default: return a + b;
  }
}

static int is_additive(int fold) { return join(fold, 2, 3) == 5; }

double mah_fold_start(int fold) {
  switch (fold) {
  case MAH_FOLD_product:
  case MAH_FOLD_nanproduct: return 1;
  case MAH_FOLD_smallest:
  case MAH_FOLD_nansmallest: return INFINITY;
  case MAH_FOLD_largest:
  case MAH_FOLD_nanlargest: return -INFINITY;
  default: return 0;
  }
}

static int seeks_largest(int fold) {
  return fold == MAH_FOLD_largest || fold == MAH_FOLD_nanlargest;
}

/* Chunks of one line; some threads may fold them. */
typedef struct chunks {
  const mah_lines *line;
  const char *at; /* the first of them */
  int fold;
  int64_t elements, length, count; /* length: of a chunk; count: chunks */
  double s, part[TOGETHER];        /* part: what each gives */
} chunks;

static void fold_chunk(chunks *c, int64_t i) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[CHUNK];
  int64_t from = i * c->length, n = c->elements - from;
  int kind;
  if (n > c->length) n = c->length;
  const mah_lines *l = c->line;
  const void *row = in_a_row(&kind, buffer, l, c->at + from * l->along, l->along, n);
  c->part[i] = table->row[kind][c->fold](row, n, c->s);
}

static void fold_stretch(void *context, int32_t i) {
  chunks *c = context;
  int64_t each = STRETCH / c->length, last = (i + 1) * each;
  for (int64_t j = i * each; j < last && j < c->count; j++) fold_chunk(c, j);
}

static void fold_chunks(chunks *c) {
  int64_t each = STRETCH / c->length;
  if (mah_splits(c->elements / 2)) /* folding is quick */
    mah_parallel_run(fold_stretch, c, (int32_t)((c->count + each - 1) / each));
  else
    for (int64_t i = 0; i < c->count; i++) fold_chunk(c, i);
}

/* Sums of chunks are added with Neumaier's correction. */
static double fold_long_line(int fold, const mah_lines *l, const char *at, double s) {
  chunks c; /* not initialised: it is large */
  double total = mah_fold_start(fold), lost = 0;
  int64_t length = chunk_of(l), most = TOGETHER * length;
  int additive = is_additive(fold);
  c.line = l, c.fold = fold, c.s = s, c.length = length;
  for (int64_t done = 0; done < l->count; done += c.elements) {
    c.at = at + done * l->along;
    c.elements = l->count - done < most ? l->count - done : most;
    c.count = (c.elements + length - 1) / length;
    fold_chunks(&c);
    for (int64_t i = 0; i < c.count; i++) {
      double part = c.part[i], sum = join(fold, total, part);
      if (additive && isfinite(sum))
        lost += fabs(total) >= fabs(part) ? (total - sum) + part : (part - sum) + total;
      total = sum;
    }
  }
  return total + lost;
}

/* acc[j]: line j's. A line that lies in a row, and is one chunk, is one call. */
static void fold_lines(double *acc, int fold, const mah_lines *l, const double *s_) {
  int64_t most = chunk_of(l);
  mah_fold_row *row = MAH_PICK(mah_folds)->row[l->elem == MAH_FLOAT64][fold];
  int at_once = most == LONG_CHUNK && l->count <= most;
  for (int64_t j = 0; j < l->lines; j++) {
    const char *at = l->data + j * l->across;
    double s = s_ ? s_[j] : 0;
    acc[j] = at_once ? row(at, l->count, s) : fold_long_line(fold, l, at, s);
  }
}

/* NaN when there is none to be found: all are NaN, which are left out. */
static double place_in_line(int fold, const mah_lines *l, const char *at) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[CHUNK], best = NAN;
  int64_t place = -1, most = chunk_of(l) == CHUNK ? CHUNK : PLACE_CHUNK;
  int kind;
  for (int64_t done = 0, n; done < l->count; done += n, at += n * l->along) {
    n = l->count - done < most ? l->count - done : most;
    const void *row = in_a_row(&kind, buffer, l, at, l->along, n);
    double part = table->row[kind][fold](row, n, 0);
    int better = place < 0 || (seeks_largest(fold) ? part > best : part < best);
    if (!better && part == part) continue;
    int64_t first = table->first[kind](row, n, part);
    double found = kind == 0 ? (double)((const float *)row)[first] : ((const double *)row)[first];
    if (found != found && part == part) continue; /* only NaN here */
    best = part;
    place = done + first;
    if (best != best) break;
  }
  return place < 0 ? NAN : (double)place;
}

typedef struct places {
  const mah_lines *line;
  const char *at;
  int fold;
  int64_t length; /* of a stretch */
  double place[TOGETHER];
} places;

static void find_in_stretch(void *context, int32_t i) {
  places *p = context;
  mah_lines part = *p->line;
  int64_t from = i * p->length, left = part.count - from;
  part.count = left < p->length ? left : p->length;
  p->place[i] = (double)from + place_in_line(p->fold, &part, p->at + from * part.along);
}

/* A long line's stretches by several threads; the first of the best ones, or of NaN, wins. */
static double place_in_long_line(int fold, const mah_lines *l, const char *at) {
  places p = {.line = l, .at = at, .fold = fold, .length = l->count / TOGETHER + STRETCH};
  int64_t stretches = (l->count + p.length - 1) / p.length;
  double best = 0, place = NAN, x;
  if (!mah_splits(l->count / 2)) return place_in_line(fold, l, at);
  mah_parallel_run(find_in_stretch, &p, (int32_t)stretches);
  for (int64_t i = 0; i < stretches && best == best; i++) {
    if (p.place[i] != p.place[i]) continue;
    mah_convert_row(MAH_FLOAT64, l->elem)((char *)&x, sizeof x, at + (int64_t)p.place[i] * l->along,
                                          l->along, 1);
    if (place == place && x == x && join(fold, best, x) == best) continue;
    place = p.place[i];
    best = x;
  }
  return place;
}

int64_t mah_place_of_integer(int fold, const mah_lines *l, const char *at) {
  int64_t best, place = 0;
  memcpy(&best, at, sizeof best);
  for (int64_t i = 1; i < l->count; i++) {
    int64_t x;
    memcpy(&x, at + i * l->along, sizeof x);
    if (seeks_largest(fold) ? x > best : x < best) best = x, place = i;
  }
  return place;
}

/* -- Lines side by side ------------------------------------------------------------------------ */

/* acc[j] = acc[j] o part[j] */
static void join_lines(double *acc, int fold, const double *part, int64_t lines) {
  if (is_additive(fold))
    for (int64_t j = 0; j < lines; j++) acc[j] += part[j];
  else
    for (int64_t j = 0; j < lines; j++) acc[j] = join(fold, acc[j], part[j]);
}

static void fold_side(double *acc, int fold, const mah_lines *l, const double *s) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[MAH_LINES_MOST], part[MAH_LINES_MOST], start = mah_fold_start(fold);
  int kind;
  for (int64_t j = 0; j < l->lines; j++) acc[j] = start;
  for (int64_t from = 0; from < l->count; from += PAIRWISE_ROWS) {
    int64_t to = l->count - from < PAIRWISE_ROWS ? l->count : from + PAIRWISE_ROWS;
    for (int64_t j = 0; j < l->lines; j++) part[j] = start;
    const char *at = l->data + from * l->along;
    for (int64_t i = from, rows; i < to; i += rows, at += rows * l->along) {
      const void *row = in_a_row(&kind, buffer, l, at, l->across, l->lines);
      rows = row == at ? to - i : 1;
      table->side[kind][fold](part, row, rows, l->along, s, l->lines);
    }
    join_lines(acc, fold, part, l->lines);
  }
}

static void place_side(double *place, int fold, const mah_lines *l) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  mah_fold_place *note = fold == MAH_FOLD_largest       ? table->place_largest
                         : fold == MAH_FOLD_smallest    ? table->place_smallest
                         : fold == MAH_FOLD_nansmallest ? table->place_nansmallest
                                                        : table->place_nanlargest;
  mah_convert *convert = mah_convert_row(MAH_FLOAT64, l->elem);
  double x[MAH_LINES_MOST], acc[MAH_LINES_MOST];
  convert((char *)acc, sizeof acc[0], l->data, l->across, l->lines);
  memset(place, 0, sizeof place[0] * (size_t)l->lines);
  for (int64_t i = 1; i < l->count; i++) {
    convert((char *)x, sizeof x[0], l->data + i * l->along, l->across, l->lines);
    note(acc, place, x, (double)i, l->lines);
  }
  int leaves_nan = fold == MAH_FOLD_nansmallest || fold == MAH_FOLD_nanlargest;
  for (int64_t j = 0; leaves_nan && j < l->lines; j++)
    if (acc[j] != acc[j]) place[j] = NAN;
}

/* -- Either way -------------------------------------------------------------------------------- */

/* When that runs through memory in smaller steps, or when the lines are very short. */
int mah_lines_go_aside(int64_t how_many, int64_t across, const mah_lines *l) {
  return how_many > 1 && (across < l->along || l->count < SHORT);
}

void mah_lines_fold(double *acc, int how, const mah_lines *l, const double *s_) {
  if (l->aside) {
    fold_side(acc, how, l, s_);
    return;
  }
  fold_lines(acc, how, l, s_);
}

void mah_lines_find(double *place, int how, const mah_lines *l) {
  if (l->elem == MAH_INT64) {
    for (int64_t j = 0; j < l->lines; j++)
      place[j] = (double)mah_place_of_integer(how, l, l->data + j * l->across);
    return;
  }
  if (l->aside) {
    place_side(place, how, l);
    return;
  }
  for (int64_t j = 0; j < l->lines; j++)
    place[j] = place_in_long_line(how, l, l->data + j * l->across);
}
