#include "base/cores.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mah_cores) == sizeof(cpu_set_t), "a set is the system's");

mah_status mah_cores_get(mah_cores *out) {
  *out = (mah_cores){0};
  if (sched_getaffinity(0, sizeof *out, (cpu_set_t *)out) == 0) return MAH_OK;
  return mah_fail(MAH_ERROR_FILE, "the processors of this process are not told: %s",
                  strerror(errno));
}

int32_t mah_cores_count(const mah_cores *cores) { return CPU_COUNT((const cpu_set_t *)cores); }

void mah_cores_add(mah_cores *to, const mah_cores *cores) {
  for (size_t i = 0; i < sizeof to->set / sizeof *to->set; i++) to->set[i] |= cores->set[i];
}

/* A thread that has ended meanwhile is no failure. */
mah_status mah_cores_use(const mah_cores *cores) {
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
  return mah_fail(MAH_ERROR_FILE, "%d processors cannot be used: %s", mah_cores_count(cores),
                  strerror(failed));
}
