#include "data/hash.h"

#include <string.h>
#include <zlib.h>

/* -- SHA-256 ----------------------------------------------------------------------------------- */

/* FIPS 180-4, 4.2.2: the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static uint32_t big_endian(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* 6.2.2: the message schedule, and 64 rounds on a ... h. */
static void mix(uint32_t state[8], const uint8_t block[64]) {
  uint32_t w[64], v[8];
  for (int t = 0; t < 16; t++) w[t] = big_endian(block + 4 * t);
  for (int t = 16; t < 64; t++) {
    uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  memcpy(v, state, sizeof v);
  for (int t = 0; t < 64; t++) {
    uint32_t e = v[4], a = v[0];
    uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    uint32_t t1 = v[7] + s1 + ((e & v[5]) ^ (~e & v[6])) + constants[t] + w[t];
    uint32_t t2 = s0 + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

/* 5.1.1: a one, zeros, and the length in bits, in one block or two. */
static void finish(uint32_t state[8], const uint8_t *rest, int64_t left, int64_t n) {
  uint8_t last[128] = {0};
  int size = left < 56 ? 64 : 128;
  if (left > 0) memcpy(last, rest, (size_t)left);
  last[left] = 0x80;
  uint64_t bits = (uint64_t)n * 8;
  for (int i = 0; i < 8; i++) last[size - 1 - i] = (uint8_t)(bits >> 8 * i);
  for (int at = 0; at < size; at += 64) mix(state, last + at);
}

void mah_sha256(char hex[65], const void *bytes, int64_t n) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const uint8_t *at = bytes;
  int64_t left = n;
  for (; left >= 64; at += 64, left -= 64) mix(state, at);
  finish(state, at, left, n);
  for (int i = 0; i < 64; i++) hex[i] = "0123456789abcdef"[state[i / 8] >> (28 - i % 8 * 4) & 15];
  hex[64] = '\0';
}

/* -- Data -------------------------------------------------------------------------------------- */

mah_status mah_tensor_crc(uint32_t *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check(t, "mah_tensor_crc: t"));
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "mah_tensor_crc: out is NULL");
  if (!mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE, "mah_tensor_crc: %s has gaps", mah_tensor_describe(t));
  size_t size = (size_t)(mah_tensor_count(t) * mah_dtype_size(t->elem));
  *out = (uint32_t)crc32_z(crc32_z(0, NULL, 0), t->data, size);
  return MAH_OK;
}
