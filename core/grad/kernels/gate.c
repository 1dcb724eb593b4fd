/* gate.c - see grad/kernels/gate.h. */
#pragma GCC optimize(                                                                              \
    "no-trapping-math") /* both sides of word < threshold ? 0 : x may be computed */
#include "grad/kernels/gate.h"

#include "base/philox.h"
#include "base/simd.h"
#include "tensor/vector_math.h"

/* -- Dropout ----------------------------------------------------------------------------------- */

enum { GROUP = MAH_DROP_GROUP, BLOCKS = GROUP / 4 };

#define DROP(name, T)                                                                              \
  static void name(void *to, const void *from, double rate, uint64_t key, int keep, int64_t first, \
                   int64_t n) {                                                                    \
    T *out = to, scale = (T)(1 / (1 - rate));                                                      \
    const T *x = from;                                                                             \
    uint32_t threshold = (uint32_t)(rate * 4294967296.0), word[GROUP];                             \
    for (int64_t at = 0; at < n; at += GROUP) {                                                    \
      int64_t count = n - at < GROUP ? n - at : GROUP;                                             \
      mah_philox_blocks(word, BLOCKS, key, 0, (uint64_t)((first + at) / GROUP * BLOCKS));          \
      if (keep)                                                                                    \
        MAH_INDEPENDENT for (int64_t i = 0; i < count; i++) out[at + i] +=                         \
            x[at + i] * (word[i] < threshold ? 0 : scale);                                         \
      else                                                                                         \
        MAH_INDEPENDENT for (int64_t i = 0; i < count; i++) out[at + i] =                          \
            x[at + i] * (word[i] < threshold ? 0 : scale);                                         \
    }                                                                                              \
  }
DROP(drop_f32, float)
DROP(drop_f64, double)

/* -- Gated units: f and f' of b, with s = sigma(b) --------------------------------------------- */

#define GATES(X, S, T)                                                                             \
  X(sigmoid, S, T, s, s *(1 - s))                                                                  \
  X(swish, S, T, v *s, s *(1 + v * (1 - s)))

#define GLU(name, S, T, f, df)                                                                     \
  static void name##_##S(void *to, const void *a_, const void *b_, int64_t n) {                    \
    T *y = to;                                                                                     \
    const T *a = a_, *b = b_;                                                                      \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T v = b[i], s = vector_sigmoid##S(v);                                                        \
      (void)v;                                                                                     \
      y[i] = a[i] * (f);                                                                           \
    }                                                                                              \
  }                                                                                                \
  static void back_##name##_##S(void *da_, void *db_, const void *g_, const void *a_,              \
                                const void *b_, int keep, int64_t n) {                             \
    T *da = da_, *db = db_;                                                                        \
    const T *g = g_, *a = a_, *b = b_;                                                             \
    if (keep) MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                    \
        T v = b[i], s = vector_sigmoid##S(v), slope = (df);                                        \
        (void)v;                                                                                   \
        da[i] += g[i] * (f);                                                                       \
        db[i] += g[i] * a[i] * slope;                                                              \
      }                                                                                            \
    else                                                                                           \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                            \
        T v = b[i], s = vector_sigmoid##S(v), slope = (df);                                        \
        (void)v;                                                                                   \
        da[i] = g[i] * (f);                                                                        \
        db[i] = g[i] * a[i] * slope;                                                               \
      }                                                                                            \
  }
GATES(GLU, 32, float)
GATES(GLU, 64, double)

extern const mah_gate_table MAH_VARIANT(mah_gates);
const mah_gate_table MAH_VARIANT(mah_gates) = {
    .drop = {drop_f32, drop_f64},
    .glu = {[MAH_GATE_SIGMOID] = {sigmoid_32, sigmoid_64}, [MAH_GATE_SWISH] = {swish_32, swish_64}},
    .back_glu = {[MAH_GATE_SIGMOID] = {back_sigmoid_32, back_sigmoid_64},
                 [MAH_GATE_SWISH] = {back_swish_32, back_swish_64}},
};
