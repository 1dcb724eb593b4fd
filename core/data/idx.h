/* idx.h - the IDX file format of the MNIST database (LeCun, Cortes, Burges:
 * yann.lecun.com/exdb/mnist): two zero bytes, a type byte, the number of dimensions, each extent as
 * a big-endian 32-bit number, then the elements, big-endian and row major.
 */
#ifndef MAH_IDX_H
#define MAH_IDX_H

#include "data/part.h"
#ifndef MAH_CDEF
#include "tensor/tensor.h"
#endif

/* out = the file's content; gzip or not is found out by itself. The type byte gives the dtype:
 * 08 unsigned byte -> uint8, 09 signed byte, 0B short and 0C int -> int32, 0D float -> float32,
 * 0E double -> float64.
 * Errors: MAH_ERROR_FILE (cannot be read), MAH_ERROR_FORMAT (not an IDX file, more dimensions than
 * MAH_MAX_DIMS, shorter or longer than its header says, a broken gzip stream), MAH_ERROR_SHAPE
 * (more elements than can be counted), MAH_ERROR_MEMORY. */
mah_status mah_idx_load(mah_tensor *out, const char *path);

/* The same of a part of the rows (the first dimension). Rows before it are unpacked, where the file
 * is packed, and not kept; what comes after it is not looked at. */
mah_status mah_idx_load_part(mah_tensor *out, mah_part *part, const char *path);

/* Writes `t`, gzip-compressed when the path ends in ".gz". Errors: MAH_ERROR_SHAPE for a scalar or
 * an extent over 2^32 - 1, MAH_ERROR_FILE. */
mah_status mah_idx_save(const char *path, const mah_tensor *t);

/* out[i] = pixels[i] / 255 in float32, correctly rounded. Both contiguous and of one count. */
mah_status mah_pixels_to_unit(mah_tensor *out, const mah_tensor *pixels);
#endif
