#include "data/bytes.h"

#include <string.h>

static uint64_t little(const void *bytes, int size) {
  const uint8_t *b = bytes;
  uint64_t value = 0;
  while (size-- > 0) value = value << 8 | b[size];
  return value;
}

uint16_t mah_u16_little(const void *bytes) { return (uint16_t)little(bytes, 2); }
uint32_t mah_u32_little(const void *bytes) { return (uint32_t)little(bytes, 4); }
uint64_t mah_u64_little(const void *bytes) { return little(bytes, 8); }

uint32_t mah_u32_big(const void *bytes) {
  const uint8_t *b = bytes;
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void mah_put_little(void *bytes, uint64_t value, int size) {
  for (int i = 0; i < size; i++) ((uint8_t *)bytes)[i] = (uint8_t)(value >> 8 * i);
}

void mah_put_big(void *bytes, uint64_t value, int size) {
  for (int i = 0; i < size; i++) ((uint8_t *)bytes)[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

int mah_is_little_endian(void) {
  uint16_t one = 1;
  uint8_t first;
  memcpy(&first, &one, 1);
  return first;
}

#define SWAP(type, swap)                                                                           \
  for (int64_t i = 0; i < n; i++) {                                                                \
    type x;                                                                                        \
    memcpy(&x, bytes + i * (int64_t)sizeof x, sizeof x);                                           \
    x = (type)swap(x);                                                                             \
    memcpy(bytes + i * (int64_t)sizeof x, &x, sizeof x);                                           \
  }

void mah_swap_bytes(void *data, int64_t n, int64_t size) {
  char *bytes = data;
  if (size == 2) SWAP(uint16_t, __builtin_bswap16)
  if (size == 4) SWAP(uint32_t, __builtin_bswap32)
  if (size == 8) SWAP(uint64_t, __builtin_bswap64)
}
