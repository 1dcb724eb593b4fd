/* The allocator: alignment, counting, overflow, failure on request, and the cache of large blocks.
 */
#include "testing.h"

#include <pthread.h>

static void blocks_are_aligned_and_counted(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 63, 64, 65, 100000, 5000000};
  int64_t before = mah_memory_live();
  for (int i = 0; i < 7; i++) {
    char *block = mah_alloc(sizes[i], 1);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % 64, 0);
    assert_int_equal(mah_memory_live(), before + sizes[i]);
    assert_true(mah_memory_peak() >= mah_memory_live());
    memset(block, 1, (size_t)sizes[i]);
    mah_free(block);
    assert_int_equal(mah_memory_live(), before);
  }
  mah_free(NULL);
}

static void the_peak_stays(void **state) {
  (void)state;
  int64_t before = mah_memory_peak() - mah_memory_live();
  void *block = mah_alloc(before + 1000, 1);
  int64_t peak = mah_memory_live();
  assert_int_equal(mah_memory_peak(), peak);
  mah_free(block);
  assert_int_equal(mah_memory_peak(), peak);
}

static void zeroed_blocks_are_zero_again(void **state) {
  (void)state;
  for (int round = 0; round < 2; round++) { /* the second time the block has been used before */
    unsigned char *block = mah_alloc_zero(200000, 1);
    for (int i = 0; i < 200000; i++) assert_int_equal(block[i], 0);
    memset(block, 0xab, 200000);
    mah_free(block);
  }
}

static void too_much_is_refused(void **state) {
  (void)state;
  int64_t before = mah_memory_live();
  assert_null(mah_alloc(-1, 4));
  assert_non_null(strstr(mah_error_message(), "-1 elements"));
  assert_null(mah_alloc(INT64_MAX / 2, 8));
  assert_null(mah_alloc(INT64_MAX - 10, 1));
  assert_null(mah_alloc((int64_t)1 << 60, 1));
  assert_non_null(strstr(mah_error_message(), "out of memory"));
  assert_int_equal(mah_memory_live(), before);
}

static void allocations_fail_on_request(void **state) {
  (void)state;
  mah_memory_fail_at(2);
  void *first = mah_alloc(10, 1);
  assert_non_null(first);
  assert_null(mah_alloc(10, 1));
  void *third = mah_alloc(10, 1);
  assert_non_null(third);
  mah_memory_fail_at(1);
  mah_memory_fail_at(0);
  void *fourth = mah_alloc(10, 1);
  assert_non_null(fourth);
  mah_free(first);
  mah_free(third);
  mah_free(fourth);
  void *large = mah_alloc(1 << 20, 1); /* from the cache, too */
  mah_free(large);
  mah_memory_fail_at(1);
  assert_null(mah_alloc(1 << 20, 1));
}

/* A block of about the size of a freed one is that one; a much smaller one is not. */
static void a_freed_block_serves_its_size_again(void **state) {
  (void)state;
#if defined(__SANITIZE_ADDRESS__)
  skip(); /* there the cache is off, so that the sanitizer sees blocks come and go */
#endif
  mah_memory_trim();
  void *large = mah_alloc(1000000, 1);
  mah_free(large);
  void *small = mah_alloc(500000, 1);
  assert_ptr_not_equal(small, large);
  void *similar = mah_alloc(900000, 1);
  assert_ptr_equal(similar, large);
  mah_free(similar);
  mah_free(small);
  mah_memory_trim();
}

/* More blocks, and more bytes, than the cache holds. */
static void the_cache_is_bounded(void **state) {
  (void)state;
  enum { BLOCKS = 400 };
  int64_t before = mah_memory_live();
  void *blocks[BLOCKS];
  for (int i = 0; i < BLOCKS; i++) blocks[i] = mah_alloc(i % 2 ? 100000 : 1000000, 1);
  for (int i = 0; i < BLOCKS; i++) mah_free(blocks[i]);
  void *vast = mah_alloc(200 << 20, 1); /* larger than the cache: goes straight back */
  assert_non_null(vast);
  mah_free(vast);
  assert_int_equal(mah_memory_live(), before);
  mah_memory_trim();
  mah_memory_trim();
}

static void *come_and_go(void *seed) {
  for (int i = 0; i < 3000; i++) {
    int64_t size = 65536 + (i * 7919 + (int)(intptr_t)seed) % 100000;
    unsigned char *block = mah_alloc(size, 1);
    if (block == NULL) return "out of memory";
    block[0] = block[size - 1] = (unsigned char)i;
    if (block[0] != (unsigned char)i) return "somebody else writes here";
    mah_free(block);
  }
  return NULL;
}

static void threads_may_allocate_together(void **state) {
  (void)state;
  int64_t before = mah_memory_live();
  pthread_t threads[4];
  for (intptr_t i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, (void *)i), 0);
  for (int i = 0; i < 4; i++) {
    void *problem;
    assert_int_equal(pthread_join(threads[i], &problem), 0);
    assert_null(problem);
  }
  assert_int_equal(mah_memory_live(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_aligned_and_counted),
      cmocka_unit_test(the_peak_stays),
      cmocka_unit_test(zeroed_blocks_are_zero_again),
      cmocka_unit_test(too_much_is_refused),
      cmocka_unit_test(allocations_fail_on_request),
      cmocka_unit_test(a_freed_block_serves_its_size_again),
      cmocka_unit_test(the_cache_is_bounded),
      cmocka_unit_test(threads_may_allocate_together),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
