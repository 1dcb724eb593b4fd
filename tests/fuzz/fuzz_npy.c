#include "reader.h"

const int64_t fuzz_promise = 8;

mah_status fuzz_read(const char *path, int64_t size) {
  mah_tensor t = {0};
  mah_status status = mah_npy_load(&t, path, (int32_t)(size % 3) + MAH_AS_STORED);
  mah_tensor_release(&t);
  return status;
}
