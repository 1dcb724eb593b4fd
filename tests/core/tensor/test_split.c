/* Large tensors in parts: each element once, with what belongs to it. */
#include "testing.h"

#include "base/parallel.h"
#include "tensor/loop.h"
#include "tensor/split.h"

#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static mah_tensor counted(int32_t ndim, const int64_t *extent) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, MAH_INT64, ndim, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++) ((int64_t *)t.data)[i] = i + 1;
  return t;
}

/* out += other, plainly; other_ may be missing. */
static void add_part(void *context, mah_tensor *const *part) {
  mah_loop loop;
  ++*(atomic_int *)context;
  const mah_tensor *operand[] = {part[0], part[1] ? part[1] : part[0]};
  if (mah_loop_plan(&loop, 2, operand) != MAH_OK) abort();
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t i = 0; i < loop.count; i++)
      *(int64_t *)(void *)(loop.data[0] + i * loop.step[0]) +=
          part[1] ? *(int64_t *)(void *)(loop.data[1] + i * loop.step[1]) : 1;
}

/* out, which is 0, becomes other, which is broadcast. */
static void check_sum(mah_tensor *out, const mah_tensor *other_) {
  mah_tensor other = {0}, wide = {0};
  atomic_int parts = 0;
  assert_ok(mah_split(add_part, &parts, 2, (const mah_tensor *[]){out, other_}));
  assert_true(parts > 1);
  assert_ok(mah_tensor_clone(&wide, out));
  if (other_) assert_ok(mah_tensor_expand(&other, other_, out->ndim, out->extent));
  mah_tensor plain = {0};
  if (other_) assert_ok(mah_tensor_clone(&plain, &other));
  for (int64_t i = 0; i < mah_tensor_count(out); i++)
    assert_true(((int64_t *)wide.data)[i] == (other_ ? ((int64_t *)plain.data)[i] : 1));
  mah_tensor_release(&other);
  mah_tensor_release(&wide);
  mah_tensor_release(&plain);
}

static void each_element_is_in_one_part(void **state) {
  (void)state;
  const int64_t shapes[][3] = {{1, 1, 70001}, {2, 3, 20001}, {70001, 1, 1},
                               {257, 1, 301}, {33, 64, 65},  {1, 100, 1001}};
  assert_ok(mah_parallel_use(3));
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (int cut = 0; cut < 16; cut++) {
      int64_t extent[3];
      mah_tensor out = {0}, view = {0};
      for (int d = 0; d < 3; d++) extent[d] = cut >> d & 1 ? 1 : shapes[s][d];
      assert_ok(mah_tensor_zeros(&out, MAH_INT64, 3, shapes[s]));
      mah_tensor other = counted(3, extent);
      if (cut & 8) /* turned around, so that neither is a row */
        assert_ok(mah_tensor_transpose(&view, &out, 0, 2));
      mah_tensor turned = {0};
      if (cut & 8) assert_ok(mah_tensor_transpose(&turned, &other, 0, 2));
      check_sum(cut & 8 ? &view : &out, cut & 8 ? &turned : &other);
      mah_tensor *all[] = {&out, &view, &other, &turned};
      for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
    }
}

static void one_operand_may_be_missing(void **state) {
  (void)state;
  int64_t n = 100003;
  mah_tensor out = {0};
  assert_ok(mah_tensor_zeros(&out, MAH_INT64, 1, &n));
  check_sum(&out, NULL);
  mah_tensor_release(&out);
}

/* Its threads are its own. */
static void a_forked_child_splits_as_well(void **state) {
  (void)state;
  int64_t n = 300001, square[] = {600, 600};
  double sums[2], child[2] = {0};
  int ends[2], status = -1;
  mah_tensor x = {0}, y = {0}, a = {0}, b = {0};
  assert_ok(mah_parallel_use(2));
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 1, &n));
  assert_ok(mah_tensor_fill(&x, 0.5));
  assert_ok(mah_tensor_new(&a, MAH_FLOAT32, 2, square));
  assert_ok(mah_tensor_fill(&a, 0.5));
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  for (int i = 0; i < 2; i++) {
    assert_ok(mah_unary(&y, MAH_OP_exp, &x));
    assert_ok(mah_tensor_matmul(&b, &a, &a));
    assert_ok(mah_reduce_all(&sums[0], &y, MAH_REDUCE_sum, 0));
    assert_ok(mah_reduce_all(&sums[1], &b, MAH_REDUCE_sum, 0));
    mah_tensor_release(&y);
    mah_tensor_release(&b);
  }
  if (pid == 0) _exit(write(ends[1], sums, sizeof sums) == (ssize_t)sizeof sums ? 0 : 1);
  assert_int_equal(read(ends[0], child, sizeof child), sizeof child);
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  assert_true(child[0] == sums[0] && child[1] == sums[1]);
  assert_close(sums[1], 600.0 * 600 * 150, 1e-6);
  mah_tensor_release(&x);
  mah_tensor_release(&a);
  close(ends[0]);
  close(ends[1]);
}

static void what_does_not_broadcast_is_refused(void **state) {
  (void)state;
  int64_t n = 100003, m = 100002;
  atomic_int parts = 0;
  mah_tensor a = counted(1, &n), b = counted(1, &m);
  assert_fails(MAH_ERROR_SHAPE, "does not broadcast",
               mah_split(add_part, &parts, 2, (const mah_tensor *[]){&a, &b}));
  assert_int_equal(parts, 0);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
}

static void few_elements_and_one_thread_are_left_whole(void **state) {
  (void)state;
  assert_ok(mah_parallel_use(1));
  assert_false(mah_splits(1 << 30));
  assert_ok(mah_parallel_use(2));
  assert_true(mah_splits(1 << 30));
  assert_false(mah_splits(MAH_SPLIT_LEAST - 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_element_is_in_one_part),
      cmocka_unit_test(one_operand_may_be_missing),
      cmocka_unit_test(a_forked_child_splits_as_well),
      cmocka_unit_test(what_does_not_broadcast_is_refused),
      cmocka_unit_test(few_elements_and_one_thread_are_left_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
