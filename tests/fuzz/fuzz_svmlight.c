#include "reader.h"

const int64_t fuzz_promise = 1032 * 16; /* packed by gzip, rows of two bytes, room doubled */

mah_status fuzz_read(const char *path, int64_t size) {
  mah_tensor x = {0}, y = {0}, count = {0}, qid = {0};
  mah_svmlight_options o = {.dtype = size % 2 ? MAH_FLOAT32 : MAH_FLOAT64,
                            .zero_based = (int32_t)(size % 3) - 1,
                            .is_multilabel = size / 6 % 2,
                            .has_qid = size % 7 == 0,
                            .columns = size % 5 ? -1 : 4,
                            .most_bytes = 1 << 20};
  mah_status status = mah_svmlight_load(&x, &y, &count, &qid, path, &o);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  mah_tensor_release(&count);
  mah_tensor_release(&qid);
  return status;
}
