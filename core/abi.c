#include "mah.h"

#include <stddef.h>

#define ENTRY(type)                                                                                \
  { #type, (int64_t)sizeof(type) }

const mah_abi_entry *mah_abi(void) {
  static const mah_abi_entry entries[] = {
      {"mah_tensor", (int64_t)sizeof(mah_tensor) + MAH_TENSOR_ROOM},
      ENTRY(mah_affinity),
      ENTRY(mah_rng),
      ENTRY(mah_loop),
      ENTRY(mah_layer),
      ENTRY(mah_batch),
      ENTRY(mah_exchange),
      ENTRY(mah_spread),
      ENTRY(mah_survey),
      ENTRY(mah_part),
      ENTRY(mah_rule),
      ENTRY(mah_range),
      ENTRY(mah_average),
      ENTRY(mah_max_norm),
      ENTRY(mah_training),
      ENTRY(mah_training_end),
      ENTRY(mah_table_options),
      ENTRY(mah_worker),
      ENTRY(mah_worker_end),
      ENTRY(mah_rank),
      ENTRY(mah_frame),
      ENTRY(mah_envoy),
      {NULL, 0}};
  return entries;
}
