/* clip.h - gradients that are too large are cut back. Kernels; on tensors: step.h. */
#ifndef MAH_LEARN_KERNELS_CLIP_H
#define MAH_LEARN_KERNELS_CLIP_H

#include "tensor/kernels/real.h"

#define mah_clip_norm_of  MAH_VARIANT(mah_clip_norm_of)
#define mah_clip_value_of MAH_VARIANT(mah_clip_value_of)

/* norm = sqrt(sum g^2), which is returned;  g *= max_norm / norm where norm > max_norm.
 * (Pascanu, Mikolov, Bengio, ICML 2013.) A norm that is not finite changes nothing. */
double mah_clip_norm_of(void *g, int64_t n, double max_norm);

/* g[i] is moved into [-limit, limit]; NaN stays */
void mah_clip_value_of(void *g, int64_t n, double limit);
#endif
