#include "testing.h"

#include <sched.h>
#include <unistd.h>

static const char *const variables[] = {"SLURM_JOB_ID",
                                        "SLURM_CPUS_PER_TASK",
                                        "SLURM_CPUS_ON_NODE",
                                        "SLURM_STEP_TASKS_PER_NODE",
                                        "SLURM_STEP_ID",
                                        "SLURM_NODEID",
                                        "PBS_JOBID",
                                        "NCPUS",
                                        "PBS_NUM_PPN",
                                        "SGE_TASK_ID",
                                        "NSLOTS",
                                        "NHOSTS",
                                        "LSB_JOBID",
                                        "LSB_DJOB_NUMPROC",
                                        "LSB_MCPU_HOSTS",
                                        "OMPI_COMM_WORLD_LOCAL_SIZE",
                                        "MPI_LOCALNRANKS"};

/* mah_cores() in an environment of these "NAME=value", on a machine where 16 can be used. */
static int32_t cores(const char *environment) {
  char text[256], *rest = text;
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) unsetenv(variables[i]);
  snprintf(text, sizeof text, "%s", environment);
  for (char *name; (name = strsep(&rest, ";")) != NULL;) {
    char *value = strchr(name, '=');
    if (value == NULL) continue;
    *value++ = '\0';
    setenv(name, value, 1);
  }
  return mah_cores();
}

/* The tests replace the affinity: */
static int affinity = 16;
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set) {
  (void)pid;
  memset(set, 0, size);
  for (int i = 0; i < affinity; i++) CPU_SET(i, set);
  return 0;
}

static void without_a_batch_system_the_affinity_counts(void **state) {
  (void)state;
  assert_int_equal(cores(""), 16);
  assert_int_equal(cores("NCPUS=3;NSLOTS=3;SLURM_CPUS_PER_TASK=3"), 16); /* of no job */
  affinity = 1;
  assert_int_equal(cores(""), 1);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=8"), 1);
  affinity = 16;
}

static void slurm_tells(void **state) {
  (void)state;
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=2;SLURM_CPUS_ON_NODE=6"), 2);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=64"), 16);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_ON_NODE=6"), 6);
  assert_int_equal(cores("SLURM_JOB_ID=1"), 16);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=none;SLURM_CPUS_ON_NODE=0"), 16);
  /* A batch script of -n 3 runs once: all are its own. */
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_ON_NODE=3;SLURM_STEP_TASKS_PER_NODE=3"), 3);
}

static void tasks_of_srun_share_a_node(void **state) {
  (void)state;
#define STEP "SLURM_JOB_ID=1;SLURM_STEP_ID=0;SLURM_CPUS_ON_NODE=6;"
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=3"), 2);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=2(x3),1;SLURM_NODEID=0"), 3);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=2(x3),1;SLURM_NODEID=2"), 3);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=2(x3),1;SLURM_NODEID=3"), 6);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=2(x3),1;SLURM_NODEID=4"), 6);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=1,4,6;SLURM_NODEID=1"), 1);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=9"), 1); /* at least one each */
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE="), 6);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=2(x"), 3);
  assert_int_equal(cores(STEP), 6);
  assert_int_equal(cores(STEP "SLURM_STEP_TASKS_PER_NODE=3;SLURM_CPUS_PER_TASK=4"), 4);
}

static void ranks_of_mpi_share_a_node(void **state) {
  (void)state;
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_ON_NODE=6;OMPI_COMM_WORLD_LOCAL_SIZE=3"), 2);
  assert_int_equal(mah_cores_together(16, 3), 6);
  assert_int_equal(mah_cores_together(4, 3), 4);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_ON_NODE=6;MPI_LOCALNRANKS=2"), 3);
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=2;SLURM_CPUS_ON_NODE=6"), 2);
  assert_int_equal(mah_cores_together(16, 3), 6);
  assert_int_equal(cores("PBS_JOBID=1;NCPUS=5"), 5);
  assert_int_equal(mah_cores_together(16, 3), 5);
  assert_int_equal(cores(""), 16);
  assert_int_equal(mah_cores_together(16, 3), 16);
  assert_int_equal(mah_cores_together(0, 3), 1);
}

static void other_batch_systems_tell(void **state) {
  (void)state;
  assert_int_equal(cores("PBS_JOBID=1.host;NCPUS=5"), 5);
  assert_int_equal(cores("PBS_JOBID=1.host;PBS_NUM_PPN=4"), 4);
  assert_int_equal(cores("PBS_JOBID=1.host"), 16);
  assert_int_equal(cores("SGE_TASK_ID=undefined;NSLOTS=3"), 3);
  assert_int_equal(cores("SGE_TASK_ID=7;NSLOTS=3;NHOSTS=1"), 3);
  assert_int_equal(cores("SGE_TASK_ID=7;NSLOTS=3;NHOSTS=2"), 16); /* on all hosts together */
  assert_int_equal(cores("LSB_JOBID=1;LSB_DJOB_NUMPROC=6"), 6);
  assert_int_equal(cores("LSB_JOBID=1;LSB_DJOB_NUMPROC=6;LSB_MCPU_HOSTS=a 6 "), 6);
  assert_int_equal(cores("LSB_JOBID=1;LSB_DJOB_NUMPROC=6;LSB_MCPU_HOSTS=a 4 b 2"), 16);
}

static void threads_are_as_many(void **state) {
  (void)state;
  assert_int_equal(cores("SLURM_JOB_ID=1;SLURM_CPUS_PER_TASK=2"), 2);
  assert_int_equal(mah_parallel_cores(), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(without_a_batch_system_the_affinity_counts),
                                     cmocka_unit_test(slurm_tells),
                                     cmocka_unit_test(tasks_of_srun_share_a_node),
                                     cmocka_unit_test(ranks_of_mpi_share_a_node),
                                     cmocka_unit_test(other_batch_systems_tell),
                                     cmocka_unit_test(threads_are_as_many)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
