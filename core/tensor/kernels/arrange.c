/* arrange.c - rows turned around, elements repeated. */
#include "tensor/kernels/arrange.h"

#include "base/simd.h"

#define REVERSE(S, T)                                                                              \
  static void reverse_##S(void *to, const void *from, int64_t n) {                                 \
    T *restrict out = to;                                                                          \
    const T *restrict in = from;                                                                   \
    for (int64_t i = 0; i < n; i++) out[i] = in[n - 1 - i];                                        \
  }

/* Few times: written out, so that the compiler interleaves whole vectors. */
#define TIMES(r)                                                                                   \
  for (int64_t i = 0; i < n; i++)                                                                  \
    for (int k = 0; k < (r); k++) out[i * (r) + k] = in[i];

#define REPEAT(S, T)                                                                               \
  static void repeat_##S(void *to, const void *from, int64_t n, int64_t times) {                   \
    T *restrict out = to;                                                                          \
    const T *restrict in = from;                                                                   \
    switch (times) {                                                                               \
    case 2: TIMES(2) return;                                                                       \
    case 3: TIMES(3) return;                                                                       \
    case 4: TIMES(4) return;                                                                       \
    default:                                                                                       \
      for (int64_t i = 0; i < n; i++, out += times)                                                \
        for (int64_t k = 0; k < times; k++) out[k] = in[i];                                        \
    }                                                                                              \
  }

/* Each element is written twice, of which few want more, and the next one overwrites what is too
 * much; but for the last ones, behind which there is no room. */
#define COUNTED(S, T)                                                                              \
  static void counted_##S(void *to, const void *from, const int64_t *restrict count, int64_t n) {  \
    T *restrict out = to;                                                                          \
    const T *restrict in = from;                                                                   \
    int64_t last = n - 1, spare = 0;                                                               \
    for (; last >= 0 && spare < 2; last--) spare += count[last];                                   \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T x = in[i];                                                                                 \
      int64_t done = 0, c = count[i];                                                              \
      if (i <= last) out[0] = out[1] = x, done = 2;                                                \
      for (; done < c; done++) out[done] = x;                                                      \
      out += c;                                                                                    \
    }                                                                                              \
  }

#define ALL(S, T) REVERSE(S, T) REPEAT(S, T) COUNTED(S, T)
ALL(1, uint8_t)
ALL(2, uint16_t)
ALL(4, uint32_t)
ALL(8, uint64_t)

extern const mah_arrange_table MAH_VARIANT(mah_arrange_kernels);
const mah_arrange_table MAH_VARIANT(mah_arrange_kernels) = {
    .reverse = {reverse_1, reverse_2, reverse_4, reverse_8},
    .repeat = {repeat_1, repeat_2, repeat_4, repeat_8},
    .counted = {counted_1, counted_2, counted_4, counted_8},
};
