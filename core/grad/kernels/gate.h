/* gate.h - the rows that gate.c works on. */
#ifndef MAH_KERNELS_GATE_H
#define MAH_KERNELS_GATE_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* The factor f(b) of a gated unit a f(b) (Dauphin et al., "Language modeling with gated
 * convolutional networks", 2017; Shazeer, "GLU variants improve transformer", 2020). */
enum { MAH_GATE_SIGMOID, MAH_GATE_SWISH, MAH_GATE_COUNT }; /* sigma(b), b sigma(b) */

#ifndef MAH_CDEF
enum { MAH_DROP_GROUP = 64 }; /* elements whose masks are drawn at a time */

/* [0]: of floats, [1]: of doubles. keep: 1, the old elements are added to; 0, they are not read. */
typedef struct mah_gate_table {
  /* n elements from place `first` on, a multiple of MAH_DROP_GROUP */
  void (*drop[2])(void *out, const void *x, double rate, uint64_t key, int keep, int64_t first,
                  int64_t n);
  /* y = a f(b) of a row, a and b: n elements each */
  void (*glu[MAH_GATE_COUNT][2])(void *y, const void *a, const void *b, int64_t n);
  void (*back_glu[MAH_GATE_COUNT][2])(void *da, void *db, const void *g, const void *a,
                                      const void *b, int keep, int64_t n);
} mah_gate_table;
#endif
#endif
