/* parallel.h - the threads of the core.
 *
 * Work is handed out as tasks that do not depend on one another. What a result's bits depend on,
 * the order of its sums above all, must not depend on the number of threads; how the work is cut
 * into tasks may, where that changes no bit.
 */
#ifndef MAH_PARALLEL_H
#define MAH_PARALLEL_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

enum { MAH_MAX_THREADS = 256 };

int32_t mah_parallel_cores(void);   /* processors that we may use (cores.h), as threads */
int32_t mah_parallel_threads(void); /* in use: all cores, unless use() says otherwise */
int32_t mah_parallel_width(void);   /* for the caller's job: these, or 1 inside of a task */

/* From now on so many, 1 ... MAH_MAX_THREADS. Threads are made when they are first needed, again in
 * a forked child, and have all signals blocked. Those of the BLAS library are kept at one: its
 * products are parts of tasks. */
mah_status mah_parallel_use(int32_t threads);

#ifndef MAH_CDEF
typedef void mah_task(void *context, int32_t i);

/* Calls task(context, 0) ... task(context, tasks - 1), each once, in no order, some at the same
 * time; returns when all have ended. Tasks must not fail; inside of one, this is a plain loop. */
void mah_parallel_run(mah_task *task, void *context, int32_t tasks);
#endif
#endif
