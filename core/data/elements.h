/* elements.h - the elements of an array in a file, as many formats store them: row major, one after
 * the other, little or big endian; and what becomes of them here.
 *
 *   float32, float64, float16, bfloat16, int32, int64, uint8, bool    as they are
 *   int8, int16, uint16 -> int32
 *   uint32, uint64 -> int64    when every value fits, else an error
 *
 * unless the caller names the dtype, float32 or float64, that everything is to become (integers
 * that it cannot hold become the nearest that it can), or wants numbers to compute with: float16
 * and bfloat16 become float32 then, bool uint8. A NaN becomes the usual one, whatever its bits are.
 */
#ifndef MAH_ELEMENTS_H
#define MAH_ELEMENTS_H

#ifndef MAH_CDEF
#include "base/file.h"
#endif
#include "tensor/tensor.h"

enum { MAH_AS_STORED = -1, MAH_AS_NUMBERS = -2 }; /* a dtype: the one of the table */

/* out = the array of `type` that lies in the file at `offset`. type: NumPy's short name ("<f4",
 * ">i8", "|u1", "?"), or "<bf" for bfloat16. name: what messages call the array. dtype:
 * MAH_AS_STORED, MAH_AS_NUMBERS, MAH_FLOAT32 or MAH_FLOAT64. */
mah_status mah_elements_load(mah_tensor *out, const char *path, const char *name, int64_t offset,
                             const char *type, int32_t dtype, int32_t ndim, const int64_t *extent);

/* The same of bytes in memory: a piece of a file that was unpacked. */
mah_status mah_elements_decode(mah_tensor *out, const void *bytes, int64_t n, const char *name,
                               int64_t offset, const char *type, int32_t dtype, int32_t ndim,
                               const int64_t *extent);

/* A new file: the head's bytes, then each tensor's elements, row major and little endian. */
mah_status mah_elements_save(const char *path, const char *head, int64_t head_bytes,
                             const mah_tensor *const *tensors, int64_t n);

#ifndef MAH_CDEF
typedef struct mah_stored {
  char kind;     /* f float, b bfloat16, i signed, u unsigned, ? bool */
  int8_t size;   /* bytes */
  int8_t big;    /* big endian? */
  int8_t same;   /* the same bits here, but for their order? */
  int32_t dtype; /* what it becomes */
} mah_stored;

/* Reads NumPy's short name; MAH_ERROR_DTYPE with the file's `name` for a type unknown here. */
mah_status mah_stored_parse(mah_stored *out, const char *name, const char *type, int32_t dtype);

/* The product of the extents; fails when the array would not fit into `bytes` bytes of the file. */
mah_status mah_stored_count(int64_t *count, const char *name, const mah_stored *type, int32_t ndim,
                            const int64_t *extent, int64_t bytes);

mah_status mah_elements_read(mah_tensor *out, const mah_source *source, int64_t offset,
                             const mah_stored *type, int32_t ndim, const int64_t *extent);
mah_status mah_elements_put(mah_writer *writer, const mah_tensor *t);
#endif
#endif
