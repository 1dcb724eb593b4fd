/* Pieces of bytes on every instruction set: copied, joined, turned and picked, against plain loops,
 * at lengths around those where the way changes. */
#include "tensor/vectors.h"

#include "base/simd.h"
#include "tensor/kernels/pieces.h"

MAH_DECLARE_VARIANTS(mah_pieces_table, mah_pieces);

static const int64_t lengths[] = {0,  1,  2,  3,  4,  5,   7,   8,   9,   15,  16,   17,   31,
                                  32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 4095, 4096, 5000};
enum { LENGTHS = sizeof lengths / sizeof *lengths, ROWS = 3, GUARD = 70 };

static unsigned char pattern(int64_t i) { return (unsigned char)(i * 31 + i / 256 + 1); }

/* Nothing in front of, between or behind the pieces is touched. */
static void pieces_are_copied(void **state) {
  (void)state;
  static char in[ROWS * 5200], out[ROWS * 5200 + 2 * GUARD], expected[sizeof out];
  for (int64_t i = 0; i < (int64_t)sizeof in; i++) in[i] = (char)pattern(i);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int l = 0; l < LENGTHS; l++)
      for (int64_t shift = 0; shift < 3; shift++) {
        int64_t n = lengths[l], out_step = n + shift * 13, in_step = n + shift;
        memset(out, 0, sizeof out);
        memset(expected, 0, sizeof expected);
        for (int64_t r = 0; r < ROWS; r++)
          for (int64_t i = 0; i < n; i++)
            expected[GUARD + shift + r * out_step + i] = in[r * in_step + i];
        MAH_PICK_FOR(simd, mah_pieces)->copy(out + GUARD + shift, out_step, in, in_step, n, ROWS);
        assert_memory_equal(out, expected, sizeof out);
      }
}

static void pieces_are_joined(void **state) {
  (void)state;
  static char in[3][ROWS * 5200], out[3 * ROWS * 5200], expected[sizeof out];
  char *all = (char *)in;
  for (int64_t i = 0; i < (int64_t)sizeof in; i++) all[i] = (char)pattern(i);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int l = 0; l < LENGTHS; l++) {
      int64_t bytes[] = {lengths[l], lengths[(l * 7 + 3) % LENGTHS], lengths[(l * 5) % LENGTHS]};
      int64_t width = bytes[0] + bytes[1] + bytes[2], step = width + 5, at = 0;
      memset(out, 0, sizeof out);
      memset(expected, 0, sizeof expected);
      for (int i = 0; i < 3; at += bytes[i++])
        for (int64_t r = 0; r < ROWS; r++)
          for (int64_t b = 0; b < bytes[i]; b++)
            expected[r * step + at + b] = in[i][r * bytes[i] + b];
      MAH_PICK_FOR(simd, mah_pieces)
          ->join(out, step, (const char *const[]){in[0], in[1], in[2]}, bytes, 3, ROWS);
      assert_memory_equal(out, expected, sizeof out);
    }
}

static void elements_are_picked(void **state) {
  (void)state;
  enum { SIZE = 50, MOST = 200 };
  mah_rng rng = rng_of(5);
  static uint64_t in[SIZE], out[MOST];
  int32_t position[MOST];
  for (int i = 0; i < SIZE; i++) in[i] = 0x0101010101010101u * (unsigned)(i + 1);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int64_t n = 0; n <= MOST; n += n < 5 ? 1 : 13)
      for (int32_t first = 0; first < 2; first++)
        for (int from_end = 0; from_end < 2; from_end++) {
          const mah_pieces_table *pieces = MAH_PICK_FOR(simd, mah_pieces);
          for (int64_t k = 0; k < n; k++) {
            int32_t place = (int32_t)mah_rng_below(&rng, SIZE);
            position[k] = from_end && k % 3 == 0 ? place - SIZE : place + first;
          }
          assert_true(pieces->inside(position, n, first, SIZE));
          memset(out, 0xee, sizeof out);
          pieces->pick_8((char *)out, (const char *)in, position, n, first, SIZE);
          for (int64_t k = 0; k < n; k++)
            assert_true(out[k] == in[position[k] < 0 ? position[k] + SIZE : position[k] - first]);
          pieces->pick_4((char *)out, (const char *)in, position, n, first, 2 * SIZE);
          for (int64_t k = 0; k < n; k++) {
            int32_t at = position[k] < 0 ? position[k] + 2 * SIZE : position[k] - first;
            assert_true(((uint32_t *)out)[k] == ((uint32_t *)in)[at]);
          }
          pieces->pick_1((char *)out, (const char *)in, position, n, first, 8 * SIZE);
          for (int64_t k = 0; k < n; k++) {
            int32_t at = position[k] < 0 ? position[k] + 8 * SIZE : position[k] - first;
            assert_true(((uint8_t *)out)[k] == ((uint8_t *)in)[at]);
          }
        }
}

static void positions_outside_are_seen(void **state) {
  (void)state;
  int32_t position[100];
  const int32_t wrong[] = {0, 51, -51, INT32_MAX, INT32_MIN};
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int w = 0; w < 5; w++)
      for (int where = 0; where < 100; where += 33) {
        for (int k = 0; k < 100; k++) position[k] = k % 50 + 1;
        assert_true(MAH_PICK_FOR(simd, mah_pieces)->inside(position, 100, 1, 50));
        position[where] = wrong[w];
        assert_false(MAH_PICK_FOR(simd, mah_pieces)->inside(position, 100, 1, 50));
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pieces_are_copied),
      cmocka_unit_test(pieces_are_joined),
      cmocka_unit_test(elements_are_picked),
      cmocka_unit_test(positions_outside_are_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
