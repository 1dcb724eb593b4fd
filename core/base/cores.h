/* cores.h - how many processors this process may use. */
#ifndef MAH_CORES_H
#define MAH_CORES_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* Those of its affinity, or what a batch system says that it has, whichever is less; at least 1.
 * Many clusters bind no process, so that only the environment tells:
 *   Slurm        SLURM_CPUS_PER_TASK, or the node's SLURM_CPUS_ON_NODE shared by srun's tasks there
 *   PBS, Torque  NCPUS, PBS_NUM_PPN
 *   Grid Engine  NSLOTS, LSF LSB_DJOB_NUMPROC: where the job has one host */
int32_t mah_cores(void);

/* The same for so many processes of this node together, whose affinity has `theirs`. */
int32_t mah_cores_together(int32_t theirs, int32_t processes);
#endif
