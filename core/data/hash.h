/* hash.h - fingerprints: SHA-256 (FIPS 180-4) of texts, and CRC-32 of data. */
#ifndef MAH_HASH_H
#define MAH_HASH_H

#include "base/status.h"
#include "tensor/tensor.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* The digest of n bytes as 64 hexadecimal digits and a zero. */
void mah_sha256(char hex[65], const void *bytes, int64_t n);

/* The CRC-32 (zlib's) of a contiguous tensor's elements. */
mah_status mah_tensor_crc(uint32_t *out, const mah_tensor *t);
#endif
