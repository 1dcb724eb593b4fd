#include "learn/kernels.h"

#include "learn/activate.h"
#include "learn/clip.h"
#include "learn/dense.h"
#include "learn/dropout.h"
#include "learn/elements.h"
#include "learn/fused.h"
#include "learn/gemm.h"
#include "learn/objective.h"
#include "learn/pass.h"
#include "learn/penalty.h"
#include "learn/sparse.h"
#include "learn/update.h"

extern const mah_learn_kernels MAH_VARIANT(mah_learn_kernels);

const mah_learn_kernels MAH_VARIANT(mah_learn_kernels) = {
    .real_size = sizeof(real),
    .forward = mah_pass_forward,
    .loss = mah_pass_loss,
    .backward = mah_pass_backward,
    .weights = mah_pass_weights,
    .prepare = mah_pass_prepare,
    .correct = mah_pass_correct,
    .argmax = mah_pass_argmax,
    .penalty = mah_penalty,
    .penalty_slopes = mah_penalty_slopes,
    .objective = mah_objective,
    .dense_forward = mah_dense_forward,
    .dense_backward_inputs = mah_dense_backward_inputs,
    .dense_backward_weights = mah_dense_backward_weights,
    .dense_backward_bias = mah_dense_backward_bias,
    .gemm_pack = mah_gemm_pack,
    .gemm_pack_turned = mah_gemm_pack_turned,
    .sparse_forward = mah_sparse_forward,
    .sparse_backward_weights = mah_sparse_backward_weights,
    .sparse_pack = mah_sparse_pack,
    .find = mah_elements_find,
    .transpose_elements = mah_elements_transpose,
    .finite = mah_elements_finite,
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
