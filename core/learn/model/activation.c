#include "learn/model/activation.h"

#include <stddef.h>

const char *mah_activation_name(int32_t activation) {
  static const char *const names[] = {
#define X(entry, name, keeps_z, f, df) #name,
      MAH_ACTIVATIONS(X)
#undef X
  };
  return activation >= 0 && activation < MAH_ACTIVATION_COUNT ? names[activation] : NULL;
}

int mah_activation_keeps_z(int32_t activation) {
  static const int keeps[] = {
#define X(entry, name, keeps_z, f, df) keeps_z,
      MAH_ACTIVATIONS(X)
#undef X
  };
  return activation == MAH_CUSTOM || keeps[activation];
}
