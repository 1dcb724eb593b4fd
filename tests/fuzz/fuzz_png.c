#include "reader.h"

#include <string.h>
#include <zlib.h>

/* Palettes of 1 bit with transparency become 32 times as much, after deflate's 1032. */
const int64_t fuzz_promise = 32 * 1032;

mah_status fuzz_read(const char *path, int64_t size) {
  static const int64_t channels[] = {0, 1, 3, 4};
  mah_tensor t = {0};
  mah_status status = mah_png_read(&t, path, channels[size % 4]);
  mah_tensor_release(&t);
  return status;
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed);

/* Changed chunks get the checksum that they need to be looked at; now and then not. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed) {
  enum { SIGNATURE = 8, FRAME = 12 };
  n = LLVMFuzzerMutate(bytes, n, room);
  if (seed % 16 == 0) return n;
  for (size_t at = SIGNATURE; at + FRAME <= n;) {
    size_t size = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                  (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (size > n - at - FRAME) break;
    uLong crc = crc32(crc32(0, NULL, 0), bytes + at + 4, (uInt)size + 4);
    for (int i = 0; i < 4; i++) bytes[at + 8 + size + i] = (uint8_t)(crc >> (24 - 8 * i));
    at += FRAME + size;
  }
  return n;
}
