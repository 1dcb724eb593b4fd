/* npz.h - NumPy's .npz files: named arrays, each a .npy file inside a ZIP archive. */
#ifndef MAH_NPZ_H
#define MAH_NPZ_H

#include "tensor/tensor.h"

typedef struct mah_npz mah_npz;

/* -- Reading ----------------------------------------------------------------------------------- */

mah_status mah_npz_open(mah_npz **out, const char *path);
int64_t mah_npz_count(const mah_npz *npz);
const char *mah_npz_name(const mah_npz *npz, int64_t index); /* without ".npy"; NULL outside */
/* out = the array, as mah_npy_load. MAH_ERROR_DTYPE and MAH_ERROR_SHAPE: the member is sound, and
 * nothing that a tensor can hold (text, a folder, another kind of file). */
mah_status mah_npz_read(mah_tensor *out, const mah_npz *npz, int64_t index, int32_t dtype);
void mah_npz_close(mah_npz *npz_); /* takes NULL */

/* -- Writing: all at once ---------------------------------------------------------------------- */

/* compressed: 0 as np.savez, 1 as np.savez_compressed. */
mah_status mah_npz_save(const char *path, const char *const *names,
                        const mah_tensor *const *tensors, int64_t n, int32_t compressed);
#endif
