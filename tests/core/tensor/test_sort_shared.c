/* Keys sorted by several threads, against C's qsort, at ragged sizes and spans of keys. */
#include "testing.h"

#include "base/parallel.h"
#include "tensor/sort_shared.h"

static int by_word(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* `bits` of each key are random, above a common low one. */
static void check(mah_rng *rng, int64_t n, int bits) {
  uint64_t *item = mah_alloc(n, 8), *spare = mah_alloc(n, 8), *plain = mah_alloc(n, 8);
  uint32_t *key = mah_alloc(n, 4), low;
  for (int64_t i = 0; i < n; i++) {
    key[i] = (mah_rng_u32(rng) >> (32 - bits)) + (bits < 32 ? 1000 : 0);
    plain[i] = (uint64_t)key[i] << 32 | (uint64_t)i;
  }
  qsort(plain, (size_t)n, sizeof *plain, by_word);
  const uint64_t *sorted = mah_sort_shared_items(item, spare, &low, key, n);
  assert_non_null(sorted);
  for (int64_t i = 0; i < n; i++) assert_true(sorted[i] + ((uint64_t)low << 32) == plain[i]);
  void *all[] = {item, spare, plain, key};
  for (int i = 0; i < 4; i++) mah_free(all[i]);
}

static void items_are_in_order(void **state) {
  (void)state;
  const int64_t sizes[] = {8, 9, 17, 33, 1000, 70001};
  const int bits[] = {1, 8, 11, 12, 22, 23, 32};
  mah_rng rng = rng_of(8);
  for (int32_t threads = 1; threads <= 8; threads++) {
    assert_ok(mah_parallel_use(threads));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
      for (size_t b = 0; b < sizeof bits / sizeof *bits; b++) check(&rng, sizes[s], bits[b]);
  }
}

static void without_memory_there_are_no_items(void **state) {
  (void)state;
  uint64_t item[8], spare[8];
  uint32_t key[8] = {5, 4, 3, 2, 1, 0, 7, 6}, low;
  assert_ok(mah_parallel_use(2));
  mah_memory_fail_at(1);
  assert_null(mah_sort_shared_items(item, spare, &low, key, 8));
  mah_memory_fail_at(0);
}

static void short_lanes_and_one_thread_are_left_alone(void **state) {
  (void)state;
  assert_ok(mah_parallel_use(1));
  assert_false(mah_sort_is_shared(1 << 30));
  assert_ok(mah_parallel_use(2));
  assert_true(mah_sort_is_shared(1 << 30));
  assert_false(mah_sort_is_shared(1 << 17));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(items_are_in_order),
      cmocka_unit_test(without_memory_there_are_no_items),
      cmocka_unit_test(short_lanes_and_one_thread_are_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
