/* clip.h - gradients that are too large are cut back before a step. */
#ifndef MAH_LEARN_CLIP_H
#define MAH_LEARN_CLIP_H

#include "tensor/tensor.h"

/* *norm = sqrt(sum g^2);  g *= max_norm / norm where norm > max_norm. A norm that is NaN or
 * infinite changes nothing. g: a contiguous vector of reals; max_norm > 0
 * (Pascanu, Mikolov, Bengio, ICML 2013.) */
mah_status mah_clip_norm(double *norm, mah_tensor *g, double max_norm);

/* Each g[i] is moved into [-limit, limit]; NaN stays. limit > 0 */
mah_status mah_clip_value(mah_tensor *g, double limit);
#endif
