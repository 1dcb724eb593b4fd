#include "reader.h"

const int64_t fuzz_promise = 4 * 1032 + 8; /* bytes may become int32 */

mah_status fuzz_read(const char *path, int64_t size) {
  (void)size;
  mah_tensor t = {0};
  mah_status status = mah_idx_load(&t, path);
  mah_tensor_release(&t);
  return status;
}
