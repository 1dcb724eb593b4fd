/* input.h - a file's bytes from the front to the back, unpacked when they are packed by gzip. */
#ifndef MAH_TABLE_INPUT_H
#define MAH_TABLE_INPUT_H

#include "tensor/tensor.h"

/* The first `most` bytes of the file, or all, unpacked; uint8. */
mah_status mah_input_load(mah_tensor *out, const char *path, int64_t most);

#ifndef MAH_CDEF
#include "base/file.h"

typedef struct mah_input {
  mah_source source;
  int64_t at;         /* bytes of the source that were taken */
  struct unpack *gz_; /* NULL: not packed */
} mah_input;

mah_status mah_input_open(mah_input *out, const char *path); /* the path must outlive it */
void mah_input_close(mah_input *input);
/* Up to n of the next bytes; *got < n only at the end. */
mah_status mah_input_read(mah_input *input, char *bytes, int64_t n, int64_t *got);
mah_status mah_input_rewind(mah_input *input);
/* The share of the file that was read, 0 ... 1. */
double mah_input_share(const mah_input *input);
#endif
#endif
