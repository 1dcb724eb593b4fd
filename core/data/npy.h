/* npy.h - NumPy's .npy files: one array each. Format versions 1.0, 2.0 and 3.0
 * (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
#ifndef MAH_NPY_H
#define MAH_NPY_H

#ifndef MAH_CDEF
#include "base/file.h"
#endif
#include "data/part.h"
#include "tensor/tensor.h"

/* out = the file's array, row major whatever the file's order; `dtype` as in elements.h.
 * Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (no .npy file, truncated, bytes left over),
 * MAH_ERROR_DTYPE (objects, text, complex numbers, integers that do not fit), MAH_ERROR_SHAPE (more
 * than MAH_MAX_DIMS dimensions). */
mah_status mah_npy_load(mah_tensor *out, const char *path, int32_t dtype);

/* The same of a part of the rows (the first dimension), alone of which is read. MAH_ERROR_FORMAT
 * where a matrix lies column by column. */
mah_status mah_npy_load_part(mah_tensor *out, mah_part *part, const char *path, int32_t dtype);

/* Version 1.0, row major. NumPy has no bfloat16: MAH_ERROR_DTYPE. */
mah_status mah_npy_save(const char *path, const mah_tensor *t);

#ifndef MAH_CDEF
/* The array in the first `size` bytes of a source, which are read in order. */
mah_status mah_npy_read(mah_tensor *out, const mah_source *source, int64_t size, int32_t dtype);

/* Fails for dtypes that NumPy lacks. */
mah_status mah_npy_check(const mah_tensor *t, const char *name);
/* The header that stands before t's elements; returns its length, at most MAH_NPY_HEADER. */
enum { MAH_NPY_HEADER = 512 };
int64_t mah_npy_header(char header[MAH_NPY_HEADER], const mah_tensor *t);
#endif
#endif
