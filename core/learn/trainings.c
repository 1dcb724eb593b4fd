/* trainings.c - a thread takes one training after the other: networks that are too small to be
 * shared out by rows, or by weights, keep all threads busy, and stay each in one thread's cache.
 */
#include "learn/trainings.h"

#include "base/parallel.h"

#include <stdio.h>

enum { FEW = 4 }; /* trainings for each thread, of which the last ones had better share it */

typedef struct crew {
  mah_training_end *ends;
  mah_training *const *trainings;
} crew;

static void run_task(void *context, int32_t i) {
  const crew *c = context;
  mah_training_end *end = &c->ends[i];
  end->status = mah_training_run(c->trainings[i]);
  end->message[0] = '\0';
  if (end->status != MAH_OK) snprintf(end->message, sizeof end->message, "%s", mah_error_message());
}

/* Those that are left where every thread has had as many as the others: while one had one more, the
 * others would wait. Where there are many, or small ones, that matters little. */
static int32_t left_over(int32_t n) {
  int32_t threads = mah_parallel_width();
  return n < FEW * threads ? n % threads : 0;
}

void mah_trainings_run(mah_training_end *ends, mah_training *const *trainings, int32_t n) {
  crew c = {ends, trainings};
  int32_t rest = left_over(n);
  mah_parallel_run(run_task, &c, n - rest);
  for (int32_t i = n - rest; i < n; i++) run_task(&c, i);
}
