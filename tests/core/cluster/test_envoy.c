/* The script's side of an envoy, with one that speaks no MPI: we are rank 1 of 3, and it plays the
 * others. Their bytes are 1 and 3, ours 2.
 */
#include "testing.h"

#include <unistd.h>

enum { RANK = 1, RANKS = 3, SMALL = 64 };

/* Total lengths at which the envoy does something else. */
enum { AFTER_A_MESSAGE = 1001, WITH_A_FAILURE = 1002, GOES = 1003 };

static mah_envoy *envoy;

/* -- The envoy's side -------------------------------------------------------------------------- */

static void read_all(int32_t channel, void *bytes, int64_t n) {
  int64_t got = 0;
  for (char *at = bytes; n > 0; at += got, n -= got) {
    mah_worker_receive(&got, channel, at, n);
    if (got == 0) mah_worker_exit(1);
  }
}

static void answer(int32_t channel, int32_t kind, const char *text, int64_t size) {
  mah_frame frame = {.kind = kind, .size = size};
  mah_worker_send(channel, &frame, sizeof frame);
  mah_worker_send(channel, text, size);
}

static void play_others(int32_t channel, char *room) {
  static const char message[3000] = "of a study that was left";
  int64_t place, starts[RANKS + 1];
  read_all(channel, &place, sizeof place);
  read_all(channel, starts, sizeof starts);
  int64_t total = starts[RANKS] - starts[0];
  if (total == GOES) mah_worker_exit(0);
  if (total == AFTER_A_MESSAGE) answer(channel, MAH_FRAME_MESSAGE, message, sizeof message);
  if (total == WITH_A_FAILURE) answer(channel, MAH_FRAME_FAILED, "MPI: no more", 12);
  for (int64_t i = starts[RANK]; i < starts[RANK + 1]; i++)
    if (room[place + i] != 2) answer(channel, MAH_FRAME_FAILED, "our own piece is not there", 26);
  for (int r = 0; r < RANKS; r++)
    if (r != RANK) memset(room + place + starts[r], r + 1, (size_t)(starts[r + 1] - starts[r]));
  answer(channel, MAH_FRAME_GATHER, "", 0);
}

static void live(void) {
  for (;;) {
    mah_frame frame;
    read_all(envoy->channel, &frame, sizeof frame);
    if (frame.kind == MAH_FRAME_END) mah_worker_exit(0);
    if (frame.kind == MAH_FRAME_GATHER) play_others(envoy->channel, envoy->room);
    if (frame.kind != MAH_FRAME_MESSAGE) continue;
    char text[8];
    read_all(envoy->channel, text, frame.size); /* "gone", to rank 0 */
    if (frame.size != 4 || frame.peer != 0 || memcmp(text, "gone", 4) != 0) mah_worker_exit(1);
  }
}

/* -- The script's side ------------------------------------------------------------------------- */

static void it_takes_the_launchers_variables_along(void **state) {
  (void)state;
  setenv("OMPI_COMM_WORLD_RANK", "1", 1);
  setenv("PMIX_RANK", "1", 1);
  setenv("PMI_RANK", "1", 1);
  setenv("OMPINOUS", "stays", 1);
  assert_fails(MAH_ERROR_ARGUMENT, "out is NULL", mah_envoy_start(NULL));
  assert_ok(mah_envoy_start(&envoy));
  if (envoy->pid == 0) live();
  envoy->is = (mah_rank){.rank = RANK, .size = RANKS};
  assert_null(getenv("OMPI_COMM_WORLD_RANK"));
  assert_null(getenv("PMIX_RANK"));
  assert_null(getenv("PMI_RANK"));
  assert_string_equal(getenv("OMPINOUS"), "stays");
  mah_envoy *other;
  assert_fails(MAH_ERROR_ARGUMENT, "an envoy already", mah_envoy_start(&other));
}

static void fill(int64_t *starts, char *bytes, const int64_t *sizes) {
  starts[0] = 0;
  for (int r = 0; r < RANKS; r++) starts[r + 1] = starts[r] + sizes[r];
  memset(bytes, 0, (size_t)starts[RANKS]);
  memset(bytes + starts[RANK], RANK + 1, (size_t)sizes[RANK]);
}

static void assert_all(const int64_t *starts, const char *bytes) {
  for (int r = 0; r < RANKS; r++)
    for (int64_t i = starts[r]; i < starts[r + 1]; i++) assert_int_equal(bytes[i], r + 1);
}

/* Through the room, in it, and in as many slices as a small one needs. */
static void pieces_of_all_sizes_are_exchanged(void **state) {
  (void)state;
  char bytes[200] = {0};
  int64_t starts[RANKS + 1], room = envoy->room_size;
  for (int64_t a = 0; a < RAGGED; a++)
    for (int64_t b = 0; b < RAGGED; b++)
      for (int way = 0; way < 3; way++) {
        int64_t sizes[RANKS] = {ragged[a], ragged[b], ragged[RAGGED - 1 - a]};
        char *at = way == 1 ? envoy->room : bytes;
        fill(starts, at, sizes);
        if (way == 2) envoy->room_size = SMALL;
        assert_ok(mah_envoy_allgather(envoy, at, starts));
        envoy->room_size = room;
        assert_all(starts, at);
      }
}

static void what_is_wrong_is_told(void **state) {
  (void)state;
  char bytes[GOES];
  int64_t starts[RANKS + 1] = {0, 4, 3, 5};
  assert_fails(MAH_ERROR_ARGUMENT, "starts[1] is 4, starts[2] 3",
               mah_envoy_allgather(envoy, bytes, starts));
  fill(starts, bytes, (int64_t[]){1, AFTER_A_MESSAGE - 2, 1});
  assert_ok(mah_envoy_allgather(envoy, bytes, starts));
  assert_all(starts, bytes);
  fill(starts, bytes, (int64_t[]){7, 9, 4});
  mah_memory_fail_at(1);
  assert_int_equal(mah_envoy_allgather(envoy, bytes, starts), MAH_ERROR_MEMORY);
  mah_memory_fail_at(0);
}

/* A trial's process is not the script's: its exit says nothing to the envoy. */
static void a_fork_of_it_may_exit(void **state) {
  (void)state;
  mah_worker worker;
  mah_worker_end end;
  assert_ok(mah_worker_start(&worker, 0, 1));
  if (worker.pid == 0) exit(0);
  assert_ok(mah_worker_wait(&end, worker.pid));
  char bytes[30];
  int64_t starts[RANKS + 1];
  fill(starts, bytes, (int64_t[]){3, 4, 5});
  assert_ok(mah_envoy_allgather(envoy, bytes, starts));
  assert_all(starts, bytes);
}

static void its_end_is_told(void **state) {
  (void)state;
  char bytes[GOES];
  int64_t starts[RANKS + 1];
  fill(starts, bytes, (int64_t[]){1, WITH_A_FAILURE - 2, 1});
  assert_fails(MAH_ERROR_FILE, "MPI: no more", mah_envoy_allgather(envoy, bytes, starts));
  fill(starts, bytes, (int64_t[]){1, GOES - 2, 1});
  mah_status status; /* the first answer may be the rest of what it said before */
  do status = mah_envoy_allgather(envoy, bytes, starts);
  while (status == MAH_OK);
  assert_int_equal(status, MAH_ERROR_FILE);
  assert_non_null(strstr(mah_error_message(), "the process that speaks MPI has ended"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_takes_the_launchers_variables_along),
      cmocka_unit_test(pieces_of_all_sizes_are_exchanged),
      cmocka_unit_test(what_is_wrong_is_told),
      cmocka_unit_test(a_fork_of_it_may_exit),
      cmocka_unit_test(its_end_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
