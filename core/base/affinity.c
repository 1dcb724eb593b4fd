#include "base/affinity.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mah_affinity) == sizeof(cpu_set_t), "a set is the system's");

mah_status mah_affinity_get(mah_affinity *out) {
  *out = (mah_affinity){0};
  if (sched_getaffinity(0, sizeof *out, (cpu_set_t *)out) == 0) return MAH_OK;
  return mah_fail(MAH_ERROR_FILE, "the processors of this process are not told: %s",
                  strerror(errno));
}

int32_t mah_affinity_count(const mah_affinity *cores) {
  return CPU_COUNT((const cpu_set_t *)cores);
}

void mah_affinity_add(mah_affinity *to, const mah_affinity *cores) {
  for (size_t i = 0; i < sizeof to->set / sizeof *to->set; i++) to->set[i] |= cores->set[i];
}

/* A thread that has ended meanwhile is no failure. */
mah_status mah_affinity_use(const mah_affinity *cores) {
  DIR *tasks = opendir("/proc/self/task");
  int failed = sched_setaffinity(0, sizeof *cores, (const cpu_set_t *)cores) == 0 ? 0 : errno;
  for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
    int id = atoi(task->d_name);
    if (id > 0 && sched_setaffinity(id, sizeof *cores, (const cpu_set_t *)cores) != 0 &&
        errno != ESRCH)
      failed = errno;
  }
  if (tasks != NULL) closedir(tasks);
  if (!failed) return MAH_OK;
  return mah_fail(MAH_ERROR_FILE, "%d processors cannot be used: %s", mah_affinity_count(cores),
                  strerror(failed));
}
