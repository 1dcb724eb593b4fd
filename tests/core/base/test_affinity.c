/* The processors of a process: all its threads go where they are sent. */
#include "testing.h"

#include "base/affinity.h"
#include "base/parallel.h"

#include <sched.h>
#include <stdatomic.h>

static mah_affinity only(int processor) {
  mah_affinity cores = {0};
  cores.set[processor / 64] = (uint64_t)1 << processor % 64;
  return cores;
}

static int first_of(const mah_affinity *cores) {
  int i = 0;
  while (!(cores->set[i / 64] >> i % 64 & 1)) i++;
  return i;
}

static void sets_are_counted_and_joined(void **state) {
  (void)state;
  mah_affinity both = only(3), other = only(700);
  assert_int_equal(mah_affinity_count(&both), 1);
  mah_affinity_add(&both, &other);
  mah_affinity_add(&both, &other);
  assert_int_equal(mah_affinity_count(&both), 2);
}

static void note(void *context, int32_t i) {
  (void)i;
  mah_affinity mine;
  assert_ok(mah_affinity_get(&mine));
  atomic_int *largest = context;
  if (mah_affinity_count(&mine) > *largest) *largest = mah_affinity_count(&mine);
  for (volatile int k = 0; k < 100000; k++) continue; /* some tasks for each thread */
}

static void all_threads_move(void **state) {
  (void)state;
  mah_affinity before;
  atomic_int largest = 0;
  assert_ok(mah_affinity_get(&before));
  assert_ok(mah_parallel_use(3));
  mah_parallel_run(note, &largest, 50); /* now there are threads */
  mah_affinity one = only(first_of(&before));
  assert_ok(mah_affinity_use(&one));
  largest = 0;
  mah_parallel_run(note, &largest, 50);
  assert_int_equal(largest, 1);
  assert_int_equal(mah_parallel_cores(), 1);
  assert_ok(mah_affinity_use(&before));
  mah_parallel_run(note, &largest, 50);
  assert_int_equal(largest, mah_affinity_count(&before));
}

static void none_is_refused(void **state) {
  (void)state;
  mah_affinity none = {0};
  assert_fails(MAH_ERROR_FILE, "0 processors cannot be used", mah_affinity_use(&none));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sets_are_counted_and_joined),
      cmocka_unit_test(all_threads_move),
      cmocka_unit_test(none_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
