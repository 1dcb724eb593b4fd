/* bits.h - the bits of floats and doubles, and back. */
#ifndef MAH_BITS_H
#define MAH_BITS_H

#ifndef MAH_CDEF
#include <stdint.h>
#include <string.h>

static inline uint32_t mah_bits32(float x) {
  uint32_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}
static inline float mah_float_of_bits(uint32_t b) {
  float x;
  memcpy(&x, &b, sizeof x);
  return x;
}
static inline uint64_t mah_bits64(double x) {
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}
static inline double mah_double_of_bits(uint64_t b) {
  double x;
  memcpy(&x, &b, sizeof x);
  return x;
}
#endif
#endif
