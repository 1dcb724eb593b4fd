/* kernels.h - the table of the learn wing's kernels for one number type and one instruction set.
 * Each entry is described in the header of the file that its section names.
 */
#ifndef MAH_LEARN_KERNELS_KERNELS_H
#define MAH_LEARN_KERNELS_KERNELS_H

#include "base/simd.h"
#include "learn/kernels/operands.h"
#include "tensor/tensor.h"

typedef struct mah_learn_kernels {
  int64_t real_size; /* bytes */
  /* pass.h */
  void (*pack_weights)(const mah_pass *pass, int32_t layer, int64_t first, int64_t count);
  void (*forward)(const mah_pass *pass, int32_t from, int32_t to);
  double (*loss)(const mah_pass *pass);
  int64_t (*correct)(const mah_pass *pass);
  void (*backward)(const mah_pass *pass, int32_t from, int32_t to);
  void (*pack_delta)(const mah_pass *pass, int32_t layer);
  void (*weights)(const mah_pass *pass, int32_t layer, int64_t first, int64_t count, void *room_);
  void (*argmax)(int32_t *out, const void *p, int64_t rows, int64_t columns);
  /* penalty.h */
  double (*penalty)(const void *W, int64_t n, double l1, double l2);
  /* finite.h, nonzeros.h */
  int (*finite)(const void *x, int64_t n);
  int64_t (*nonzeros_find)(uint32_t *element, void *value, const void *x, int64_t n);
  void (*nonzeros_transpose)(uint32_t *element, void *value, uint32_t *place,
                             const mah_sparse_row *row, int32_t has_codes, uint32_t number);
  /* update.h, clip.h, average.h, max_norm.h, fused.h */
  mah_update *update[MAH_SOLVER_COUNT];
  double (*clip_norm)(void *g, int64_t n, double max_norm);
  void (*clip_value)(void *g, int64_t n, double limit);
  void (*average)(void *average, const void *w, int64_t n, double share);
  void (*max_norm)(void *W, int64_t inputs, int64_t units, int64_t first, int64_t count,
                   double limit);
  double (*combine)(void *out, double a, const void *x, double b, const void *y, const void *z_,
                    int64_t n);
  void (*dot_and_max)(double *dot, double *largest, const void *x, const void *y, int64_t n);
  void (*advance)(double *sy, double *yy, const mah_secant *secant);

  /* What pass.c itself calls, without this table. These entries are for the tests, which compare
   * every instruction set with plain loops. */
  void (*sparse_forward)(const mah_affine *a);
  void (*sparse_backward_weights)(const mah_affine_weights *a);
  void (*sparse_pack)(void *packed, const void *dY, int64_t rows, int64_t units, int64_t first,
                      int64_t count);
  void (*row_forward)(const mah_affine *a);
  int (*sieve_forward)(const mah_affine *a);
  void (*activate)(int32_t activation, void *Y, void *Z_, int64_t n);
  void (*activate_backward)(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n);
  void (*dropout_forward)(void *Y, void *mask, int64_t n, double rate, const mah_mask_key *key);
  void (*dropout_backward)(void *Y, void *dY, const void *dropped, const void *mask, int64_t n,
                           double rate);
  void (*penalty_slopes)(void *dW, const void *W, int64_t n, double l1);
  double (*objective)(void *dZ_, const void *P, const mah_pass *pass);
} mah_learn_kernels;

MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f32);
MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f64);

/* The table for a dtype, MAH_FLOAT32 or MAH_FLOAT64, and an instruction set. */
static inline const mah_learn_kernels *mah_learn_for(int32_t dtype, mah_simd simd) {
  return dtype == MAH_FLOAT64 ? MAH_PICK_FOR(simd, mah_learn_kernels_f64)
                              : MAH_PICK_FOR(simd, mah_learn_kernels_f32);
}

/* The one for this machine. */
static inline const mah_learn_kernels *mah_learn(int32_t dtype) {
  return mah_learn_for(dtype, mah_simd_current());
}
#endif
