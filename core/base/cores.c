#include "base/cores.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The environment's number, or 0 where it has none >= 1. */
static long number(const char *name) {
  const char *text = getenv(name);
  char *end = NULL;
  long value = text != NULL ? strtol(text, &end, 10) : 0;
  return value >= 1 && *end == '\0' ? value : 0;
}

static int has(const char *name) {
  const char *text = getenv(name);
  return text != NULL && *text != '\0';
}

/* -- Slurm: sbatch(1), srun(1) ----------------------------------------------------------------- */

/* The node's entry of a list such as "2(x3),1": two on each of three nodes, then one. Or 0. */
static long entry_of_node(const char *list, long node) {
  long value, times;
  for (int size = 0; sscanf(list, "%ld%n", &value, &size) == 1; list++) {
    list += size;
    times = 1;
    if (sscanf(list, "(x%ld)%n", &times, &size) == 1) list += size;
    if (node < times) return value;
    node -= times;
    if (*list != ',') break;
  }
  return 0;
}

/* A batch script runs once, whatever SLURM_NTASKS says. Open MPI's and MPICH's ranks know how many
 * of them share the node. */
static long tasks_here(void) {
  if (number("OMPI_COMM_WORLD_LOCAL_SIZE") > 0) return number("OMPI_COMM_WORLD_LOCAL_SIZE");
  if (number("MPI_LOCALNRANKS") > 0) return number("MPI_LOCALNRANKS");
  const char *list = getenv("SLURM_STEP_TASKS_PER_NODE");
  if (!has("SLURM_STEP_ID") || list == NULL) return 1;
  long tasks = entry_of_node(list, number("SLURM_NODEID"));
  return tasks > 0 ? tasks : 1;
}

/* To so many processes together; 0: to this one. */
static long granted_by_slurm(int32_t processes) {
  long each = number("SLURM_CPUS_PER_TASK"), here = number("SLURM_CPUS_ON_NODE");
  if (each > 0) return processes > 0 ? each * processes : each;
  long tasks = processes > 0 ? 1 : tasks_here();
  return here > tasks ? here / tasks : here > 0;
}

/* -- Others ------------------------------------------------------------------------------------ */

/* NCPUS is PBS Professional's, PBS_NUM_PPN Torque's; both count on one node. */
static long granted_by_pbs(void) {
  return number("NCPUS") > 0 ? number("NCPUS") : number("PBS_NUM_PPN");
}

/* qsub(1) of Grid Engine: slots and hosts of a parallel job; one slot without. */
static long granted_by_grid_engine(void) { return number("NHOSTS") > 1 ? 0 : number("NSLOTS"); }

static int words_in(const char *text) {
  int words = 0;
  for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " "), words++)
    text += strcspn(text, " ");
  return words;
}

/* LSB_MCPU_HOSTS is "host slots host slots ...". */
static long granted_by_lsf(void) {
  const char *hosts = getenv("LSB_MCPU_HOSTS");
  return hosts != NULL && words_in(hosts) > 2 ? 0 : number("LSB_DJOB_NUMPROC");
}

/* -- All of them ------------------------------------------------------------------------------- */

static long granted(int32_t processes) {
  if (has("SLURM_JOB_ID")) return granted_by_slurm(processes);
  if (has("PBS_JOBID")) return granted_by_pbs();
  if (has("SGE_TASK_ID")) return granted_by_grid_engine(); /* "undefined" outside of arrays */
  return has("LSB_JOBID") ? granted_by_lsf() : 0;
}

static int32_t least(long cores, long grant) {
  if (grant > 0 && grant < cores) cores = grant;
  return cores > 0 ? (int32_t)cores : 1;
}

int32_t mah_cores(void) {
  cpu_set_t set;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return least(sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : online, granted(0));
}

int32_t mah_cores_together(int32_t theirs, int32_t processes) {
  return least(theirs, granted(processes > 0 ? processes : 1));
}
