#include "learn/kernels/row.h"

#include "tensor/kernels/lanes.h"

enum { DEPTH = 512 };                        /* inputs at a time */
enum { WIDEST = LANE_BYTES == 64 ? 16 : 8 }; /* lanes of sums, which stay in registers */

/* A part of a row's inputs: which of them are not 0. */
typedef struct part {
  const real *x, *W;
  int64_t count;
  uint32_t place[DEPTH + LANES];
} part;

#if defined(__AVX512F__) && !defined(MAH_DOUBLE)
static int64_t find(uint32_t *place, const real *x, int64_t n) {
  const __m512i step = _mm512_set1_epi32(16), size = _mm512_set1_epi32(INT32_MAX);
  __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  int64_t found = 0;
  for (int64_t i = 0; i < n; i += 16, at = _mm512_add_epi32(at, step)) {
    __mmask16 there = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : 0xffff;
    __mmask16 some =
        _mm512_mask_test_epi32_mask(there, _mm512_maskz_loadu_epi32(there, x + i), size);
    _mm512_storeu_si512(place + found, _mm512_maskz_compress_epi32(some, at));
    found += __builtin_popcount(some);
  }
  return found;
}
#else
static int64_t find(uint32_t *place, const real *x, int64_t n) {
  int64_t found = 0;
  for (int64_t i = 0; i < n; i++) {
    place[found] = (uint32_t)i;
    found += x[i] != 0;
  }
  return found;
}
#endif

/* `width` lanes of the sums, from `start` on: W points to the first one's column. */
MAH_INLINE void add(real *y, const real *start, const part *p, const mah_affine *a, int64_t tail,
                    int relu, int width) {
  lanes sum[WIDEST];
#pragma GCC unroll 16
  for (int v = 0; v < width; v++) sum[v] = lanes_load_column(start, v, width, tail);
  for (int64_t e = 0; e < p->count; e++) {
    int64_t i = p->place[e];
    const real *w = p->W + i * a->units;
    lanes x = lanes_of(p->x[i]);
#pragma GCC unroll 16
    for (int v = 0; v < width; v++) sum[v] += x * lanes_load_column(w, v, width, tail);
  }
#pragma GCC unroll 16
  for (int v = 0; v < width; v++)
    lanes_store_column(y, relu ? lanes_relu(sum[v]) : sum[v], v, width, tail);
}

typedef void adder(real *y, const real *start, const part *p, const mah_affine *a, int64_t tail,
                   int relu);
#define ADDER(width)                                                                               \
  static void add_##width(real *y, const real *start, const part *p, const mah_affine *a,          \
                          int64_t tail, int relu) {                                                \
    add(y, start, p, a, tail, relu, width);                                                        \
  }
ADDER(1)
ADDER(2)
ADDER(3)
ADDER(4)
ADDER(6)
ADDER(8)
#if defined(__AVX512F__)
ADDER(16)
#endif

typedef struct adding {
  int width;
  adder *add;
} adding;

/* The widest for so many lanes. */
static adding adder_for(int64_t wide) {
#if defined(__AVX512F__)
  if (wide >= 16) return (adding){16, add_16};
#endif
  if (wide >= 8) return (adding){8, add_8};
  if (wide >= 6) return (adding){6, add_6};
  if (wide >= 4) return (adding){4, add_4};
  if (wide == 3) return (adding){3, add_3};
  if (wide == 2) return (adding){2, add_2};
  return (adding){1, add_1};
}

static void row(real *y, const real *x, const mah_affine *a) {
  part p;
  for (int64_t first = 0; first == 0 || first < a->inputs; first += DEPTH) {
    int64_t left = a->inputs - first, wide = (a->units + LANES - 1) / LANES;
    int relu = a->relu && left <= DEPTH;
    p.x = x + first;
    p.count = find(p.place, p.x, left < DEPTH ? left : DEPTH);
    for (int64_t lane = 0; lane < wide;) {
      adding with = adder_for(wide - lane);
      int64_t o = lane * LANES, is_last = lane + with.width == wide;
      p.W = (const real *)a->W + first * a->units + o;
      with.add(y + o, first == 0 ? (const real *)a->bias + o : y + o, &p, a,
               is_last ? (a->units - 1) % LANES + 1 : LANES, relu);
      lane += with.width;
    }
  }
}

void mah_row_forward(const mah_affine *a) {
  for (int64_t b = 0; b < a->rows; b++)
    row((real *)a->Y + b * a->units, (const real *)a->X + b * a->inputs, a);
}
