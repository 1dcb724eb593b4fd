#include "learn/kernels.h"

#include "learn/activate.h"
#include "learn/dense.h"
#include "learn/fused.h"
#include "learn/pass.h"
#include "learn/update.h"

extern const mah_learn_kernels MAH_VARIANT(mah_learn_kernels);

const mah_learn_kernels MAH_VARIANT(mah_learn_kernels) = {
    .forward = mah_pass_forward,
    .gradient = mah_pass_gradient,
    .penalty = mah_pass_penalty,
    .argmax = mah_pass_argmax,
    .dense_forward = mah_dense_forward,
    .dense_backward = mah_dense_backward,
    .activate = mah_activate,
    .activate_backward = mah_activate_backward,
    .sgd = mah_update_sgd,
    .adam = mah_update_adam,
    .combine = mah_fused_combine,
    .look = mah_fused_look,
    .advance = mah_fused_advance,
};
