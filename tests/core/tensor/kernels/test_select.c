/* Keys and selection among them, on every instruction set, against a plain sort. */
#include "testing.h"

#include "base/simd.h"
#include "tensor/kernels/select.h"

MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);

enum { MOST = 5000 };
static const int64_t sizes[] = {1, 2, 7, 8, 9, 33, 47, 48, 49, 50, 129, 1000, MOST};
enum { SIZES = sizeof sizes / sizeof *sizes };

static uint64_t key_at(const void *key, int wide, int64_t i) {
  return wide ? ((const uint64_t *)key)[i] : ((const uint32_t *)key)[i];
}
static void put_key(void *key, int wide, int64_t i, uint64_t value) {
  if (wide)
    ((uint64_t *)key)[i] = value;
  else
    ((uint32_t *)key)[i] = (uint32_t)value;
}
static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Keys all over, or few different ones, or all near each other. */
static uint64_t any_key(mah_rng *rng, int how) {
  uint64_t high = mah_rng_u32(rng), low = mah_rng_u32(rng);
  return how == 0 ? high << 32 | low : how == 1 ? low % 5 : 0x4000000040000000u + low % 1000;
}

static void the_kth_and_the_next_are_those_of_a_sort(void **state) {
  (void)state;
  static uint64_t plain[MOST], key[MOST], spare[MOST], kept[MOST];
  static int32_t place[MOST];
  mah_rng rng = rng_of(5);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int z = 0; z < SIZES; z++)
      for (int how = 0; how < 6; how++) {
        const mah_select_table *table = MAH_PICK_FOR(simd, mah_select_kernels);
        int64_t n = sizes[z], rank = mah_rng_below(&rng, (uint32_t)n), found = 0;
        int wide = how % 2;
        for (int64_t i = 0; i < n; i++) put_key(key, wide, i, any_key(&rng, how / 2));
        for (int64_t i = 0; i < n; i++) plain[i] = key_at(key, wide, i);
        qsort(plain, (size_t)n, sizeof *plain, compare);
        uint64_t kth = table->nth[wide](spare, key, n, rank);
        assert_true(kth == plain[rank]);
        if (rank + 1 < n) assert_true(table->next[wide](key, n, rank, kth) == plain[rank + 1]);
        int64_t below = table->below[wide](kept, place, key, n, kth, 7);
        for (int64_t i = 0; i < n; i++) {
          if (key_at(key, wide, i) >= kth) continue;
          assert_int_equal(place[found], i + 7);
          assert_true(key_at(kept, wide, found++) == key_at(key, wide, i));
        }
        assert_int_equal(below, found);
        for (int32_t i = 0; i < n; i++) place[i] = i;
        memcpy(spare, key, sizeof spare);
        table->keep[wide](spare, place, n, rank + 1, kth);
        for (int64_t i = 0; i <= rank; i++) {
          assert_true(key_at(spare, wide, i) == key_at(key, wide, place[i]));
          assert_true(key_at(spare, wide, i) <= kth && (i == 0 || place[i - 1] < place[i]));
        }
      }
}

/* In order, NaN last, zeros equal; in steps, and turned around. */
static void keys_order_as_elements_do(void **state) {
  (void)state;
  enum { N = 13 };
  const double values[N] = {-INFINITY, -1e30, -2, -1,   -1e-40,   -0.0, 0,
                            1e-40,     1,     2,  1e30, INFINITY, NAN};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int64_t apart = 1; apart < 3; apart++) {
        uint64_t x[2 * N], key[N], turned[N];
        int wide = dtype == MAH_FLOAT64;
        int64_t step = apart * mah_dtype_size(dtype);
        for (int i = 0; i < N; i++) set(x, dtype, i * apart, values[i]);
        mah_keys_load *load = MAH_PICK_FOR(simd, mah_select_kernels)->load[dtype];
        load(key, (const char *)x, step, N, 0);
        load(turned, (const char *)x, step, N, UINT64_MAX);
        for (int i = 1; i < N; i++) {
          uint64_t before = key_at(key, wide, i - 1), here = key_at(key, wide, i);
          assert_true(values[i - 1] == values[i] ? before == here : before < here);
          assert_true(key_at(turned, wide, i) == (wide ? ~here : (uint32_t)~here));
        }
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_kth_and_the_next_are_those_of_a_sort),
      cmocka_unit_test(keys_order_as_elements_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
