/* resize.h - pictures to another size.
 */
#ifndef MAH_RESIZE_H
#define MAH_RESIZE_H

#include "tensor/tensor.h"

enum { MAH_RESIZE_AREA, MAH_RESIZE_BILINEAR, MAH_RESIZES };

/* out = (height,width,C) of in (H,W,C), uint8 (rounded to the nearest) or float32, of any steps.
 * Rows and columns one after the other: out[y,x,c] = sum_ji wy[y,j] wx[x,i] in[j,i,c], with weights
 * that add up to 1. With s = H / height and the pixels' middles at j + 1/2:
 *   area      wy[y,j] ~ the overlap of [j, j + 1] with [y s, (y + 1) s]
 *   bilinear  wy[y,j] ~ max(0, 1 - |j + 1/2 - (y + 1/2) s| / max(1, s)): smaller pictures are
 *             averaged, not sampled, as Pillow does
 * Errors: MAH_ERROR_SHAPE (no (H,W,C), or empty), MAH_ERROR_DTYPE, MAH_ERROR_ARGUMENT (a side of 0,
 * too many pixels, an unknown method), MAH_ERROR_MEMORY. */
mah_status mah_resize(mah_tensor *out, const mah_tensor *in, int64_t height, int64_t width,
                      int32_t method);
#endif
