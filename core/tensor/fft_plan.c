/* fft_plan.c - factors, tables of roots of unity, and the plans that are kept. */
#include "tensor/fft_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 24 };                                  /* plans */
static const int64_t kept_bytes = (int64_t)64 << 20; /* and what their tables may take */
enum { SHORT = 128 }; /* lines up to here are done number by number */

static mah_fft_plan *kept[KEPT + 8];
static int32_t kept_count;
static int64_t now;

/* -- Factors ----------------------------------------------------------------------------------- */

/* The next radix of n: eights as far as they leave no two behind, then 4, 2, 3, 5 and other primes;
 * 0 when there is none that a pass takes. */
static int next_radix(int64_t n) {
  int twos = 0;
  for (int64_t k = n; k % 2 == 0; k /= 2) twos++;
  if (twos == 3 || twos > 4) return 8;
  if (twos >= 2) return 4;
  if (twos == 1) return 2;
  for (int r = 3; r <= MAH_FFT_MOST_RADIX; r += 2)
    if (n % r == 0) return r;
  return 0;
}

int mah_fft_is_smooth(int64_t n) {
  while (n > 1) {
    int r = next_radix(n);
    if (r == 0) return 0;
    n /= r;
  }
  return 1;
}

/* About how long the passes over n take, for each element. */
static double cost_of(int64_t n) {
  double cost = 0.5;
  while (n > 1) {
    int r = next_radix(n);
    if (r == 0) return INFINITY;
    cost += 1 + (r == 8 ? 1.8 : r <= 5 ? 0.3 * r : 0.6 * r);
    n /= r;
  }
  return cost;
}

/* The divisor of n whose rows of lanes, and those of its partner, cost least; 0 when there is none
 * but 1. */
static int64_t best_split(int64_t n, int64_t lanes) {
  int64_t best = 0;
  double least = INFINITY;
  for (int64_t a = 2; a <= n / a; a++) {
    if (n % a != 0) continue;
    int64_t b = n / a, wide_a = (a + lanes - 1) / lanes * lanes;
    int64_t wide_b = (b + lanes - 1) / lanes * lanes;
    double cost = cost_of(a) * (double)a * (double)wide_b + cost_of(b) * (double)b * (double)wide_a;
    if (cost < least) {
      least = cost;
      best = a;
    }
  }
  return best;
}

/* The least 2^a 3^b 5^c >= least, a >= 4. */
static int64_t smooth_above(int64_t least) {
  int64_t best = INT64_MAX;
  for (int64_t five = 16; five < 2 * least && five <= 16 * 125; five *= 5)
    for (int64_t three = five; three < 2 * least && three <= five * 27; three *= 3) {
      int64_t n = three;
      while (n < least) n *= 2;
      if (n < best) best = n;
    }
  return best;
}

/* -- Tables ------------------------------------------------------------------------------------ */

/* Memory of a plan. Not mah_alloc's: it lives as long as the plan, and the tests count what is
 * left. NULL, for good, once there is none. */
static void *take(mah_fft_plan *plan, int64_t numbers) {
  size_t bytes = ((size_t)numbers * (plan->wide ? 8 : 4) + 63) / 64 * 64 + 64;
  void *part = aligned_alloc(64, bytes);
  if (part == NULL) return NULL;
  plan->part[plan->parts++] = part;
  plan->bytes += (int64_t)bytes;
  return part;
}

static void put(const mah_fft_plan *plan, void *table, int64_t at, long double x) {
  if (plan->wide)
    ((double *)table)[at] = (double)x;
  else
    ((float *)table)[at] = (float)x;
}

/* exp(-2 pi i k / n), 0 <= k < n: the angle is brought into the first eighth of a turn in integers,
 * and has no error to speak of. */
static void root_of_unity(long double *re, long double *im, int64_t k, int64_t n, int precise) {
  const long double pi = 3.14159265358979323846264338327950288L;
  int64_t x = 8 * k; /* eighths of n */
  int below = x > 4 * n, left, turned;
  if (below) x = 8 * n - x;
  left = x > 2 * n;
  if (left) x = 4 * n - x;
  turned = x > n;
  if (turned) x = 2 * n - x;
  long double angle = pi * (long double)x / (4 * (long double)n);
  long double c = precise ? cosl(angle) : (long double)cos((double)angle);
  long double s = precise ? sinl(angle) : (long double)sin((double)angle);
  *re = turned ? s : c;
  *im = turned ? c : s;
  if (left) *re = -*re;
  if (!below) *im = -*im;
}

/* table[at], table[at + gap] = exp(-2 pi i k / n) */
static void put_root(const mah_fft_plan *plan, void *table, int64_t at, int64_t gap, int64_t k,
                     int64_t n) {
  long double re, im;
  root_of_unity(&re, &im, k, n, plan->wide);
  put(plan, table, at, re);
  put(plan, table, at + gap, im);
}

static int make_steps(mah_fft_plan *plan, mah_fft_steps *steps, int64_t n) {
  int64_t left = n;
  steps->n = n;
  while (left > 1) {
    int r = next_radix(left);
    int64_t m = left / r;
    void *w = take(plan, 2 * m * (r - 1)), *root = take(plan, 2 * r);
    if (w == NULL || root == NULL) return 0;
    for (int64_t p = 0; p < m; p++)
      for (int j = 1; j < r; j++) put_root(plan, w, 2 * (p * (r - 1) + j - 1), 1, p * j, left);
    for (int k = 0; k < r; k++) put_root(plan, root, 2 * (int64_t)k, 1, k, r);
    steps->radix[steps->passes] = r;
    steps->twiddle[steps->passes] = w;
    steps->root[steps->passes++] = root;
    left = m;
  }
  return 1;
}

/* exp(-2 pi i k j / n) for row k < n1 and column j < n2, as a product: of that of the first column
 * of a block, and that of the distance from it. */
static int make_split(mah_fft_plan *plan, int64_t lanes) {
  int64_t n = plan->n, n1 = plan->n1, blocks = (plan->n2 + lanes - 1) / lanes;
  plan->base = take(plan, 2 * n1 * blocks);
  plan->lane_re = take(plan, n1 * lanes);
  plan->lane_im = take(plan, n1 * lanes);
  if (!plan->base || !plan->lane_re || !plan->lane_im) return 0;
  for (int64_t b = 0; b < blocks; b++)
    for (int64_t k = 0; k < n1; k++)
      put_root(plan, plan->base, 2 * (b * n1 + k), 1, k * b * lanes % n, n);
  for (int64_t k = 0; k < n1; k++)
    for (int64_t l = 0; l < lanes; l++) {
      long double re, im;
      root_of_unity(&re, &im, k * l % n, n, plan->wide);
      put(plan, plan->lane_re, k * lanes + l, re);
      put(plan, plan->lane_im, k * lanes + l, im);
    }
  return make_steps(plan, &plan->steps, n1) && make_steps(plan, &plan->inner, plan->n2);
}

static mah_fft_plan *make_plan(int64_t n, int float64, int32_t kind);

static void free_plan(mah_fft_plan *plan_) {
  if (plan_ == NULL) return;
  free_plan(plan_->around);
  for (int32_t i = 0; i < plan_->parts; i++) free(plan_->part[i]);
  free(plan_);
}

/* The transform of the conjugate chirp around 0, divided by m. */
static int make_spectrum(mah_fft_plan *plan) {
  int64_t m = plan->around->n, n = plan->n;
  size_t size = plan->wide ? 8 : 4;
  void *room = aligned_alloc(64, (size_t)mah_fft_line_room(plan->around, 1));
  if (room == NULL) return 0;
  memset(plan->spectrum_re, 0, (size_t)m * size);
  memset(plan->spectrum_im, 0, (size_t)m * size);
  for (int64_t k = 0, square = 0; k < n; k++) { /* square: k k modulo 2 n */
    long double re, im;
    root_of_unity(&re, &im, square, 2 * n, plan->wide);
    put(plan, plan->chirp_re, k, re);
    put(plan, plan->chirp_im, k, im);
    for (int64_t at = k; at == k || (k > 0 && at == m - k); at = at == k && k > 0 ? m - k : -1) {
      put(plan, plan->spectrum_re, at, re);
      put(plan, plan->spectrum_im, at, -im);
    }
    square = (square + 2 * k + 1) % (2 * n);
  }
  mah_fft_line(plan->around, plan->spectrum_re, plan->spectrum_im, plan->spectrum_re,
               plan->spectrum_im, 1 / (double)m, room, 1);
  free(room);
  return 1;
}

/* Bluestein: "A linear filtering approach to the computation of the discrete Fourier transform",
 * IEEE Trans. Audio Electroacoustics 18, 1970: 2 j k = j^2 + k^2 - (k - j)^2. */
static int make_chirp(mah_fft_plan *plan) {
  int64_t m = smooth_above(2 * plan->n - 1);
  plan->around = make_plan(m, plan->wide, MAH_FFT_LINE);
  if (plan->around == NULL) return 0;
  plan->bytes += plan->around->bytes;
  plan->chirp_re = take(plan, plan->n);
  plan->chirp_im = take(plan, plan->n);
  plan->spectrum_re = take(plan, m);
  plan->spectrum_im = take(plan, m);
  return plan->chirp_re && plan->chirp_im && plan->spectrum_re && plan->spectrum_im &&
         make_spectrum(plan);
}

static int make_half(mah_fft_plan *plan) {
  int64_t n = plan->n;
  plan->w = take(plan, 2 * (n + 1));
  if (plan->w == NULL) return 0;
  for (int64_t k = 0; k <= n; k++) put_root(plan, plan->w, k, n + 1, k, 2 * n);
  return 1;
}

/* -- Plans ------------------------------------------------------------------------------------- */

static int make_line(mah_fft_plan *plan) {
  int64_t lanes = MAH_FFT_BLOCK / (plan->wide ? 8 : 4);
  if (!mah_fft_is_smooth(plan->n)) {
    plan->way = MAH_FFT_CHIRP;
    return make_chirp(plan);
  }
  plan->n1 = plan->n > SHORT ? best_split(plan->n, lanes) : 0;
  if (plan->n1 == 0) return make_steps(plan, &plan->steps, plan->n);
  plan->way = MAH_FFT_SPLIT;
  plan->n2 = plan->n / plan->n1;
  return make_split(plan, lanes);
}

static mah_fft_plan *make_plan(int64_t n, int float64, int32_t kind) {
  mah_fft_plan *plan = calloc(1, sizeof *plan);
  if (plan == NULL) return NULL;
  plan->n = n;
  plan->wide = float64;
  plan->kind = kind;
  int made = kind == MAH_FFT_ROWS   ? make_steps(plan, &plan->steps, n)
             : kind == MAH_FFT_HALF ? make_half(plan)
                                    : make_line(plan);
  if (made) return plan;
  free_plan(plan);
  return NULL;
}

mah_status mah_fft_plan_get(const mah_fft_plan **plan, int64_t n, int float64, int32_t kind) {
  for (int32_t i = 0; i < kept_count; i++) {
    mah_fft_plan *one = kept[i];
    if (one->n != n || one->wide != float64 || one->kind != kind) continue;
    one->used = ++now;
    *plan = one;
    return MAH_OK;
  }
  mah_fft_plan *made = make_plan(n, float64, kind);
  if (made == NULL) return mah_fail(MAH_ERROR_MEMORY, "fft: out of memory for its tables");
  made->used = ++now;
  kept[kept_count++] = made; /* a call asks for a few, and then trims */
  *plan = made;
  return MAH_OK;
}

void mah_fft_plan_trim(void) {
  for (;;) {
    int64_t bytes = 0;
    int32_t oldest = 0;
    for (int32_t i = 0; i < kept_count; i++) {
      bytes += kept[i]->bytes;
      if (kept[i]->used < kept[oldest]->used) oldest = i;
    }
    if (kept_count <= KEPT && bytes <= kept_bytes) return;
    free_plan(kept[oldest]);
    kept[oldest] = kept[--kept_count];
  }
}
