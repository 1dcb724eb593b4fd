/* svmlight.h - svmlight's (libsvm's) text files: "label qid:3 1:0.5 7:2 # comment" a row, elements
 * that are not named are 0; packed by gzip or not.
 *
 * Rules are those of scikit-learn's load_svmlight_file: indices ascend within a row, lines without
 * anything are left out, # begins a comment.
 */
#ifndef MAH_SVMLIGHT_H
#define MAH_SVMLIGHT_H

#include "tensor/tensor.h"

typedef struct mah_svmlight_options {
  int32_t dtype;         /* of x */
  int32_t zero_based;    /* 1: columns count from 0; 0: from 1; -1: from 0 if an index 0 is there */
  int32_t is_multilabel; /* a row has any number of labels, "1,3", or none */
  int32_t has_qid;       /* every row must have one; else they are left out */
  int64_t columns;       /* -1: as many as the file has */
  int64_t most_bytes;    /* that x may take; 0: the machine's memory */
} mah_svmlight_options;

/* x (rows, columns). y float64: the labels, row after row; count (rows) int64: how many of them
 * are each row's. qid (rows) int64; without has_qid it has no rows. Errors name file, line and
 * token. */
mah_status mah_svmlight_load(mah_tensor *x, mah_tensor *y, mah_tensor *count, mah_tensor *qid,
                             const char *path, const mah_svmlight_options *options);

/* The same without zeros, however many `columns` there are: row r has value[i] (of options->dtype)
 * in column[i] (int32, from 0) for i = start[r] ... start[r + 1] - 1. start (rows + 1) int64. */
mah_status mah_svmlight_load_rows(mah_tensor *start, mah_tensor *column, mah_tensor *value,
                                  int64_t *columns, mah_tensor *y, mah_tensor *count,
                                  mah_tensor *qid, const char *path,
                                  const mah_svmlight_options *options);
#endif
