#include "learn/model/loss.h"

#include <stddef.h>

static const struct {
  const char *name, *output;
} losses[] = {
#define X(entry, name, output, mean, loss, slope) {#name, #output},
    MAH_LOSSES(X)
#undef X
};

static int is_loss(int32_t loss) { return loss >= 0 && loss < MAH_LOSS_COUNT; }

const char *mah_loss_name(int32_t loss) { return is_loss(loss) ? losses[loss].name : NULL; }
const char *mah_loss_output(int32_t loss) { return is_loss(loss) ? losses[loss].output : NULL; }
