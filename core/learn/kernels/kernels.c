#include "learn/kernels/kernels.h"

#include "learn/kernels/activate.h"
#include "learn/kernels/average.h"
#include "learn/kernels/clip.h"
#include "learn/kernels/dropout.h"
#include "learn/kernels/finite.h"
#include "learn/kernels/fused.h"
#include "learn/kernels/max_norm.h"
#include "learn/kernels/nonzeros.h"
#include "learn/kernels/objective.h"
#include "learn/kernels/pass.h"
#include "learn/kernels/penalty.h"
#include "learn/kernels/row.h"
#include "learn/kernels/sieve.h"
#include "learn/kernels/sparse.h"
#include "learn/kernels/update.h"

const mah_learn_kernels MAH_VARIANT(mah_learn_kernels) = {
    .real_size = sizeof(real),
    .pack_weights = mah_pass_pack_weights,
    .forward = mah_pass_forward,
    .loss = mah_pass_loss,
    .correct = mah_pass_correct,
    .backward = mah_pass_backward,
    .pack_delta = mah_pass_pack_delta,
    .weights = mah_pass_weights,
    .argmax = mah_pass_argmax,
    .penalty = mah_penalty,
    .finite = mah_finite,
    .nonzeros_find = mah_nonzeros_find,
    .nonzeros_transpose = mah_nonzeros_transpose,
    .update =
        {
#define X(entry, name, first, second) [entry] = MAH_UPDATE(name),
            MAH_SOLVERS(X)
#undef X
        },
    .clip_norm = mah_clip_norm_of,
    .clip_value = mah_clip_value_of,
    .average = mah_average_of,
    .max_norm = mah_max_norm_of,
    .combine = mah_fused_combine,
    .dot_and_max = mah_fused_dot_and_max,
    .advance = mah_fused_advance,
    .sparse_forward = mah_sparse_forward,
    .sparse_backward_weights = mah_sparse_backward_weights,
    .sparse_pack = mah_sparse_pack,
    .row_forward = mah_row_forward,
    .sieve_forward = mah_sieve_forward,
    .activate = mah_activate,
    .activate_backward = mah_activate_backward,
    .dropout_forward = mah_dropout_forward,
    .dropout_backward = mah_dropout_backward,
    .penalty_slopes = mah_penalty_slopes,
    .objective = mah_objective,
};
