/* bytes.h - numbers in files: little and big endian, whatever the machine. */
#ifndef MAH_BYTES_H
#define MAH_BYTES_H

#ifndef MAH_CDEF
#include <stdint.h>

uint16_t mah_u16_little(const void *bytes);
uint32_t mah_u32_little(const void *bytes);
uint64_t mah_u64_little(const void *bytes);
uint32_t mah_u32_big(const void *bytes);
void mah_put_little(void *bytes, uint64_t value, int size); /* the low `size` bytes */
void mah_put_big(void *bytes, uint64_t value, int size);

/* Reverses the bytes of each of n elements of 1, 2, 4 or 8 bytes. */
void mah_swap_bytes(void *data, int64_t n, int64_t size);
int mah_is_little_endian(void); /* this machine */
#endif
#endif
