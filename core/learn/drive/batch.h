/* batch.h - some rows of a data set: which ones, and how they are gathered. */
#ifndef MAH_LEARN_DRIVE_BATCH_H
#define MAH_LEARN_DRIVE_BATCH_H

#include "data/augment.h"
#include "learn/drive/compressed.h"
#include "learn/drive/exchange.h"
#include "tensor/tensor.h"

/* Rows of a data set, and how to look at them. */
typedef struct mah_batch {
  const mah_tensor *x;       /* (N, inputs), any dtype, rows contiguous; NULL: compressed_ only */
  const mah_tensor *y;       /* (N) int32 classes 0 ... K-1, or (N) / (N, K) targets, any dtype */
  const mah_tensor *weight_; /* (N) weights of the rows; NULL: 1 each */
  const mah_compressed *compressed_; /* x without its zeros, for the kernels; NULL: x only */
  const mah_tensor *order_;          /* (M) int32 row numbers from 0; NULL: as they lie */
  int64_t first, count;              /* the batch is order[first ... first + count - 1] */
  double l1, l2;                     /* penalties: (l1 sum|W| + l2/2 sum W^2) / sum of weights */
  int32_t training;                  /* draw dropout masks? */
  int32_t sums_outputs; /* the gradient of a loss that is a mean over the outputs is that of their
                           sum, as with scikit-learn's squared error; the loss stays the mean */
  uint64_t seed, step;  /* which masks: the same pair draws the same ones */
  const mah_exchange *exchange_;   /* the ranks that share the work, each with the same batch and
                                    weights; NULL: this process alone */
  const mah_spread *spread_;       /* x is this rank's rows of all; NULL: all */
  const mah_augmenter *augmenter_; /* what changes x on its way to the kernels, by seed, epoch and
                                      row; NULL: nothing */
  uint64_t epoch;
} mah_batch;

/* Fails with MAH_ERROR_NUMERIC, naming row and column, when x (N, D) holds NaN or infinity. */
mah_status mah_batch_check_finite(const mah_tensor *x, const char *name);

/* Of the batch's rows, by weight_ and order_ alone; 1 each without weights. Fails unless it is
 * positive. */
mah_status mah_batch_sum_of_weights(double *sum, const mah_batch *batch);

#ifndef MAH_CDEF
/* Do x, y, the weights and the order fit each other and a network of so many inputs and outputs? */
mah_status mah_batch_check(const mah_batch *batch, int32_t inputs, int32_t outputs, int32_t loss);
mah_status mah_batch_check_inputs(const mah_tensor *x, int32_t inputs);
/* The same of the batch's x, its compressed rows, or both. */
mah_status mah_batch_check_inputs_of(const mah_batch *batch, int32_t inputs);
int64_t mah_batch_rows(const mah_batch *batch); /* N */
/* The number in x, from 0, of the batch's i-th row. */
static inline int64_t mah_batch_row(const mah_batch *batch, int64_t i) {
  int64_t place = batch->first + i;
  return batch->order_ ? ((const int32_t *)batch->order_->data)[place] : place;
}

/* Does y hold class numbers, and not targets? */
int mah_batch_has_classes(const mah_tensor *y, int32_t loss);
/* What was gathered from y from row `first` of the batch on: class numbers, or targets (count,
 * outputs). Errors name the row of y, counted from 1, and the value. */
mah_status mah_batch_check_classes(const int32_t *class, const mah_batch *batch, int64_t first,
                                   int64_t count, int32_t classes);
mah_status mah_batch_check_targets(const void *target, int32_t dtype, const mah_batch *batch,
                                   int64_t first, int64_t count, int32_t outputs, int32_t loss);

/* out[i, :] = t[row number first + i of the batch, :], `count` rows, converted to dtype. The batch
 * has been checked. */
mah_status mah_batch_gather(void *out, int32_t dtype, const mah_tensor *t, const mah_batch *batch,
                            int64_t first, int64_t count);
#endif
#endif
