#include "reader.h"

#include <string.h>

const int64_t fuzz_promise = 8 * 1032;

mah_status fuzz_read(const char *path, int64_t size) {
  (void)size;
  mah_npz *npz;
  MAH_TRY(mah_npz_open(&npz, path));
  mah_status status = MAH_OK;
  for (int64_t i = 0; i < mah_npz_count(npz); i++) {
    mah_tensor t = {0};
    status = mah_npz_read(&t, npz, i, i % 2 ? MAH_AS_STORED : MAH_FLOAT64);
    if (strlen(mah_npz_name(npz, i)) > 255) return MAH_OK; /* which leaks, and so is seen */
    mah_tensor_release(&t);
  }
  mah_npz_close(npz);
  return status;
}
