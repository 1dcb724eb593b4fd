/* reduce.c - folds over rows of float and double, and folds side by side.
 *
 * A row is dealt out to PARTS accumulators, which the compiler keeps in vector registers; these are
 * put together to EIGHT, and those pairwise.
 */
#pragma GCC optimize("no-trapping-math") /* both sides of x < low ? low : x may be computed */
#include "tensor/kernels/reduce.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

enum { PARTS = 32, EIGHT = 8, MANY = 64, LINE = 64, AHEAD = 2048 };

static inline double plus(double a, double b) { return a + b; }
static inline double times(double a, double b) { return a * b; }
static inline double smaller(double a, double b) { return b < a ? b : a; }
static inline double larger(double a, double b) { return b > a ? b : a; }

/* Asks for the bytes that lie `ahead` of these: they are in the cache when their turn comes. */
#define LOOK_AHEAD(at, bytes, ahead)                                                               \
  for (size_t line = 0; line < (bytes); line += LINE)                                              \
    __builtin_prefetch((const char *)(at) + (ahead) + line);

/* acc = term(x) o acc over a row. A holds the accumulators: they have room for exact products and
 * sums. */
#define FOLD(name, T, A, start, join, term)                                                        \
  FOLD_PARTS(name, T, A, start, join, const T *part = row + i;, v, term)

/* The same, where `read` is what stands for an element v, in its own type. It is found for all
 * parts before any is added: else the compiler would compare them in the accumulators' type. */
#define FOLD_READ(name, T, A, start, join, read, term)                                             \
  FOLD_PARTS(name, T, A, start, join, READ_PARTS(T, read), read, term)
#define READ_PARTS(T, read)                                                                        \
  T part[PARTS];                                                                                   \
  MAH_INDEPENDENT for (int k = 0; k < PARTS; k++) {                                                \
    const T v = row[i + k];                                                                        \
    part[k] = read;                                                                                \
  }

#define FOLD_PARTS(name, T, A, start, join, parts, read, term)                                     \
  static double name(const void *in, int64_t n, double s) {                                        \
    const T *row = in;                                                                             \
    A acc[PARTS], eight[EIGHT], a = start, x;                                                      \
    int64_t i = 0;                                                                                 \
    (void)s;                                                                                       \
    for (int k = 0; k < EIGHT; k++) eight[k] = start;                                              \
    if (n >= PARTS) {                                                                              \
      for (int k = 0; k < PARTS; k++) acc[k] = start;                                              \
      for (; i + PARTS <= n; i += PARTS) {                                                         \
        LOOK_AHEAD(row + i, PARTS * sizeof(T), AHEAD)                                              \
        parts MAH_INDEPENDENT for (int k = 0; k < PARTS; k++) {                                    \
          x = (A)part[k], a = acc[k];                                                              \
          acc[k] = term;                                                                           \
        }                                                                                          \
      }                                                                                            \
      MAH_INDEPENDENT for (int k = 0; k < EIGHT; k++) eight[k] =                                   \
          join(join(acc[k], acc[k + EIGHT]), join(acc[k + 2 * EIGHT], acc[k + 3 * EIGHT]));        \
    }                                                                                              \
    for (; i + EIGHT <= n; i += EIGHT) MAH_INDEPENDENT for (int k = 0; k < EIGHT; k++) {           \
        const T v = row[i + k];                                                                    \
        x = (A)(read), a = eight[k];                                                               \
        eight[k] = term;                                                                           \
      }                                                                                            \
    for (a = start; i < n; i++) {                                                                  \
      const T v = row[i];                                                                          \
      x = (A)(read);                                                                               \
      a = term;                                                                                    \
    }                                                                                              \
    for (int half = EIGHT / 2; half > 0; half /= 2)                                                \
      for (int k = 0; k < half; k++) eight[k] = join(eight[k], eight[k + half]);                   \
    return join(eight[0], a);                                                                      \
  }

/* acc[k] and sums[k] take in what lies `half` further on. */
#define HALVE(acc, sums, half, beats)                                                              \
  MAH_INDEPENDENT for (int k = 0; k < (half); k++) {                                               \
    (acc)[k] = (acc)[k + (half)] beats(acc)[k] ? (acc)[k + (half)] : (acc)[k];                     \
    (sums)[k] += (sums)[k + (half)];                                                               \
  }

/* The extreme of a row with a NaN is NaN, which `x beats most ? x : most` passes over. But the sum
 * of such a row is NaN: only where it is (infinities of both signs have one too) is each looked at.
 */
#define EXTREME(name, T, start, beats)                                                             \
  static double name(const void *in, int64_t n, double s) {                                        \
    const T *row = in;                                                                             \
    T acc[MANY], sums[MANY], eight[EIGHT], sum[EIGHT], most = start, total = 0;                    \
    int64_t i = 0;                                                                                 \
    (void)s;                                                                                       \
    for (int k = 0; k < EIGHT; k++) eight[k] = start, sum[k] = 0;                                  \
    if (n >= MANY) {                                                                               \
      for (int k = 0; k < MANY; k++) acc[k] = start, sums[k] = 0;                                  \
      for (; i + MANY <= n; i += MANY) {                                                           \
        LOOK_AHEAD(row + i, MANY * sizeof(T), AHEAD)                                               \
        MAH_INDEPENDENT for (int k = 0; k < MANY; k++) {                                           \
          T x = row[i + k];                                                                        \
          acc[k] = x beats acc[k] ? x : acc[k];                                                    \
          sums[k] += x;                                                                            \
        }                                                                                          \
      }                                                                                            \
      HALVE(acc, sums, MANY / 2, beats)                                                            \
      HALVE(acc, sums, MANY / 4, beats)                                                            \
      HALVE(acc, sums, MANY / 8, beats)                                                            \
      for (int k = 0; k < EIGHT; k++) eight[k] = acc[k], sum[k] = sums[k];                         \
    }                                                                                              \
    for (; i + EIGHT <= n; i += EIGHT) MAH_INDEPENDENT for (int k = 0; k < EIGHT; k++) {           \
        T x = row[i + k];                                                                          \
        eight[k] = x beats eight[k] ? x : eight[k];                                                \
        sum[k] += x;                                                                               \
      }                                                                                            \
    for (; i < n; i++) {                                                                           \
      most = row[i] beats most ? row[i] : most;                                                    \
      total += row[i];                                                                             \
    }                                                                                              \
    HALVE(eight, sum, EIGHT / 2, beats)                                                            \
    HALVE(eight, sum, EIGHT / 4, beats)                                                            \
    HALVE(eight, sum, EIGHT / 8, beats)                                                            \
    total += sum[0];                                                                               \
    for (i = 0; total != total && i < n; i++)                                                      \
      if (row[i] != row[i]) return NAN;                                                            \
    return eight[0] beats most ? eight[0] : most;                                                  \
  }

#define FOLDS(S, T)                                                                                \
  FOLD(sum_##S, T, double, 0, plus, a + x)                                                         \
  FOLD(squares_##S, T, double, 0, plus, a + (x - s) * (x - s))                                     \
  FOLD(product_##S, T, double, 1, times, a *x)                                                     \
  FOLD(nonzero_##S, T, double, 0, plus, a + (x != 0 ? 1.0 : 0.0))                                  \
  EXTREME(smallest_##S, T, INFINITY, <)                                                            \
  EXTREME(largest_##S, T, -INFINITY, >)                                                            \
  FOLD_READ(known_sum_##S, T, double, 0, plus, v == v ? v : 0, a + x)                              \
  FOLD(nansquares_##S, T, double, 0, plus, a + (x == x ? (x - s) * (x - s) : 0))                   \
  FOLD_READ(nanproduct_##S, T, double, 1, times, v == v ? v : 1, a * x)                            \
  FOLD(nansmallest_##S, T, T, INFINITY, (T)smaller, x < a ? x : a)                                 \
  FOLD(nanlargest_##S, T, T, -INFINITY, (T)larger, x > a ? x : a)                                  \
  FOLD_READ(numbers_##S, T, double, 0, plus, v == v ? 1 : 0, a + x)

FOLDS(f32, float)
FOLDS(f64, double)

/* Most rows have no NaN, and their sum, which takes less time, is none either. */
#define NANSUM(S)                                                                                  \
  static double nansum_##S(const void *in, int64_t n, double s) {                                  \
    double sum = sum_##S(in, n, s);                                                                \
    return sum == sum ? sum : known_sum_##S(in, n, s);                                             \
  }
NANSUM(f32)
NANSUM(f64)

enum { BLOCK = 512 }; /* exponentials computed before they are added */

/* sum exp(x - s), in the precision of the elements; the sum is in double. Two loops, because one
 * that does both does not become vectors. */
#define EXPS(S, T, exp)                                                                            \
  static double exps_##S(const void *in, int64_t n, double s) {                                    \
    const T *row = in, shift = (T)s;                                                               \
    T e[BLOCK];                                                                                    \
    double total = 0;                                                                              \
    for (int64_t m; n > 0; n -= m, row += m) {                                                     \
      m = n < BLOCK ? n : BLOCK;                                                                   \
      MAH_INDEPENDENT for (int64_t i = 0; i < m; i++) e[i] = exp(row[i] - shift);                  \
      total += sum_##S(e, m, 0);                                                                   \
    }                                                                                              \
    return total;                                                                                  \
  }                                                                                                \
  static void exps_side_##S(double *acc, const void *in, int64_t rows, int64_t step,               \
                            const double *shift, int64_t n) {                                      \
    T e[BLOCK];                                                                                    \
    for (const char *at = in; rows > 0; rows--, at += step) {                                      \
      const T *row = (const T *)(const void *)at;                                                  \
      for (int64_t done = 0, m; done < n; done += m) {                                             \
        m = n - done < BLOCK ? n - done : BLOCK;                                                   \
        MAH_INDEPENDENT for (int64_t j = 0; j < m; j++) e[j] =                                     \
            exp(row[done + j] - (T)shift[done + j]);                                               \
        for (int64_t j = 0; j < m; j++) acc[done + j] += (double)e[j];                             \
      }                                                                                            \
    }                                                                                              \
  }
EXPS(f32, float, vector_exp32)
EXPS(f64, double, vector_exp64)

/* The first element that is `value`, or NaN if that is; there is one. */
#define FIRST(name, T)                                                                             \
  static int64_t name(const void *in, int64_t n, double value) {                                   \
    const T *row = in, v = (T)value;                                                               \
    int64_t i = 0;                                                                                 \
    for (; i + PARTS <= n; i += PARTS) {                                                           \
      int any = 0;                                                                                 \
      for (int k = 0; k < PARTS; k++)                                                              \
        any |= (row[i + k] == v) | ((row[i + k] != row[i + k]) & (v != v));                        \
      if (any) break;                                                                              \
    }                                                                                              \
    while (i + 1 < n && !(row[i] == v || (row[i] != row[i] && v != v))) i++;                       \
    return i;                                                                                      \
  }
FIRST(first_f32, float)
FIRST(first_f64, double)

/* -- Products ---------------------------------------------------------------------------------- */

/* sum a b, in the precision of the elements: n is to be small */
#define DOT(name, T)                                                                               \
  static double name(const void *a, const void *b, int64_t n) {                                    \
    const T *x = a, *y = b;                                                                        \
    T acc[MANY], rest = 0;                                                                         \
    int64_t i = 0;                                                                                 \
    for (int k = 0; k < MANY; k++) acc[k] = 0;                                                     \
    for (; i + MANY <= n; i += MANY) {                                                             \
      LOOK_AHEAD(x + i, MANY * sizeof(T), AHEAD)                                                   \
      LOOK_AHEAD(y + i, MANY * sizeof(T), AHEAD)                                                   \
      MAH_INDEPENDENT for (int k = 0; k < MANY; k++) acc[k] += x[i + k] * y[i + k];                \
    }                                                                                              \
    for (; i < n; i++) rest += x[i] * y[i];                                                        \
    for (int half = MANY / 2; half > 0; half /= 2)                                                 \
      for (int k = 0; k < half; k++) acc[k] += acc[k + half];                                      \
    return (double)acc[0] + (double)rest;                                                          \
  }
DOT(dot_f32, float)
DOT(dot_f64, double)

/* -- Side by side ------------------------------------------------------------------------------ */

/* acc[j] = term(x) for x = in[0][j], in[1][j], ..., a row after the other. Several rows at a time:
 * acc is read and written once for them. */
enum { ROWS_AT_ONCE = 4 };
#define FOUR(term)                                                                                 \
  {                                                                                                \
    double a = acc[j], x;                                                                          \
    x = row[0][j], a = term;                                                                       \
    x = row[1][j], a = term;                                                                       \
    x = row[2][j], a = term;                                                                       \
    x = row[3][j], a = term;                                                                       \
    acc[j] = a;                                                                                    \
  }
#define SIDE(name, T, term)                                                                        \
  static void name(double *acc, const void *in, int64_t rows, int64_t step, const double *shift,   \
                   int64_t n) {                                                                    \
    const char *at = in;                                                                           \
    (void)shift;                                                                                   \
    for (; rows >= ROWS_AT_ONCE; rows -= ROWS_AT_ONCE, at += ROWS_AT_ONCE * step) {                \
      const T *row[ROWS_AT_ONCE];                                                                  \
      for (int i = 0; i < ROWS_AT_ONCE; i++) row[i] = (const T *)(const void *)(at + i * step);    \
      int64_t from = 0;                                                                            \
      for (; from + PARTS <= n; from += PARTS) {                                                   \
        for (int i = 0; i < ROWS_AT_ONCE; i++)                                                     \
          LOOK_AHEAD((const char *)(row[i] + from) + ROWS_AT_ONCE * step, PARTS * sizeof(T), 0)    \
        MAH_INDEPENDENT for (int64_t j = from; j < from + PARTS; j++) FOUR(term)                   \
      }                                                                                            \
      MAH_INDEPENDENT for (int64_t j = from; j < n; j++) FOUR(term)                                \
    }                                                                                              \
    for (; rows > 0; rows--, at += step) {                                                         \
      const T *row = (const T *)(const void *)at;                                                  \
      MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) {                                            \
        double x = row[j], a = acc[j];                                                             \
        acc[j] = term;                                                                             \
      }                                                                                            \
    }                                                                                              \
  }
#define SIDES(S, T)                                                                                \
  SIDE(sum_side_##S, T, a + x)                                                                     \
  SIDE(squares_side_##S, T, a + (x - shift[j]) * (x - shift[j]))                                   \
  SIDE(product_side_##S, T, a *x)                                                                  \
  SIDE(smallest_side_##S, T, x < a || x != x ? x : a)                                              \
  SIDE(largest_side_##S, T, x > a || x != x ? x : a)                                               \
  SIDE(nonzero_side_##S, T, a + (x != 0 ? 1.0 : 0.0))                                              \
  SIDE(nansquares_side_##S, T, a + (x == x ? (x - shift[j]) * (x - shift[j]) : 0))                 \
  SIDE(nanproduct_side_##S, T, a *(x == x ? x : 1))                                                \
  SIDE(nansmallest_side_##S, T, x < a ? x : a)                                                     \
  SIDE(nanlargest_side_##S, T, x > a ? x : a)                                                      \
  SIDE(numbers_side_##S, T, a + (x == x ? 1.0 : 0.0))

SIDES(f32, float)
SIDES(f64, double)

/* As for rows, NaN are left out before floats become doubles. */
#define NANSUM_SIDE(S, T)                                                                          \
  static void nansum_side_##S(double *acc, const void *in, int64_t rows, int64_t step,             \
                              const double *shift, int64_t n) {                                    \
    T known[ROWS_AT_ONCE][BLOCK];                                                                  \
    const char *at = in;                                                                           \
    for (int64_t r; rows > 0; rows -= r, at += r * step) {                                         \
      r = rows < ROWS_AT_ONCE ? rows : ROWS_AT_ONCE;                                               \
      for (int64_t done = 0, m; done < n; done += m) {                                             \
        m = n - done < BLOCK ? n - done : BLOCK;                                                   \
        for (int64_t i = 0; i < r; i++) {                                                          \
          const T *row = (const T *)(const void *)(at + i * step) + done;                          \
          MAH_INDEPENDENT for (int64_t j = 0; j < m; j++) known[i][j] =                            \
              row[j] == row[j] ? row[j] : 0;                                                       \
        }                                                                                          \
        sum_side_##S(acc + done, known, r, sizeof known[0], shift, m);                             \
      }                                                                                            \
    }                                                                                              \
  }
NANSUM_SIDE(f32, float)
NANSUM_SIDE(f64, double)

#define PLACE(name, beats, first)                                                                  \
  static void name(double *acc, double *place, const double *in, double i, int64_t n) {            \
    MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) {                                              \
      double x = in[j], a = acc[j];                                                                \
      int better = (x beats a) | first;                                                            \
      acc[j] = better ? x : a;                                                                     \
      place[j] = better ? i : place[j];                                                            \
    }                                                                                              \
  }
PLACE(place_smallest, <, ((x != x) & (a == a)))
PLACE(place_largest, >, ((x != x) & (a == a)))
PLACE(place_nansmallest, <, ((x == x) & (a != a)))
PLACE(place_nanlargest, >, ((x == x) & (a != a)))

#define F32(name)      name##_f32,
#define F64(name)      name##_f64,
#define SIDE_F32(name) name##_side_f32,
#define SIDE_F64(name) name##_side_f64,

extern const mah_fold_table MAH_VARIANT(mah_folds);
const mah_fold_table MAH_VARIANT(mah_folds) = {
    .row = {{MAH_FOLDS(F32)}, {MAH_FOLDS(F64)}},
    .side = {{MAH_FOLDS(SIDE_F32)}, {MAH_FOLDS(SIDE_F64)}},
    .first = {first_f32, first_f64},
    .dot = {dot_f32, dot_f64},
    .place_smallest = place_smallest,
    .place_largest = place_largest,
    .place_nansmallest = place_nansmallest,
    .place_nanlargest = place_nanlargest,
};
