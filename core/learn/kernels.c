#include "learn/kernels.h"

#include "learn/activate.h"
#include "learn/clip.h"
#include "learn/dense.h"
#include "learn/dropout.h"
#include "learn/fused.h"
#include "learn/objective.h"
#include "learn/pass.h"
#include "learn/update.h"

extern const mah_learn_kernels MAH_VARIANT(mah_learn_kernels);

const mah_learn_kernels MAH_VARIANT(mah_learn_kernels) = {
    .forward = mah_pass_forward,
    .loss = mah_pass_loss,
    .backward = mah_pass_backward,
    .penalty = mah_pass_penalty,
    .argmax = mah_pass_argmax,
    .objective = mah_objective,
    .dense_forward = mah_dense_forward,
    .dense_backward = mah_dense_backward,
    .activate = mah_activate,
    .activate_backward = mah_activate_backward,
    .drop = mah_dropout_forward,
    .drop_backward = mah_dropout_backward,
    .sgd = mah_update_sgd,
    .adam = mah_update_adam,
    .adamw = mah_update_adamw,
    .rmsprop = mah_update_rmsprop,
    .adagrad = mah_update_adagrad,
    .clip_norm = mah_clip_norm_of,
    .clip_value = mah_clip_value_of,
    .combine = mah_fused_combine,
    .look = mah_fused_look,
    .advance = mah_fused_advance,
};
