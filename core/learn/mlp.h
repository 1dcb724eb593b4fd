/* mlp.h - the multi-layer perceptron: layers laid out on one flat parameter vector, and the work
 * space to send mini-batches through them.
 *
 * The parameters are not part of the network: every call takes the flat vector w (1-D, contiguous,
 * of the network's dtype) as a tensor, layer by layer: W (inputs x units, row major), then bias. So
 * a solver may evaluate at any point, and a layer's W is a view.
 *
 * The work space belongs to the network: use a network from one thread at a time. Networks with
 * MAH_CUSTOM layers are run stage by stage (stage.h); the functions here that run one refuse them.
 */
#ifndef MAH_LEARN_MLP_H
#define MAH_LEARN_MLP_H

#include "learn/drive/batch.h"
#include "learn/model/activation.h"
#include "learn/model/layer.h"
#include "learn/model/loss.h"
#include "tensor/tensor.h"

typedef struct mah_mlp mah_mlp;

/* dtype: MAH_FLOAT32 or MAH_FLOAT64. Of layers[], units, activation and dropout are read; the last
 * layer's output activation is the loss's. */
mah_status mah_mlp_new(mah_mlp **out, int32_t dtype, int32_t inputs, int32_t loss,
                       const mah_layer *layers, int32_t n_layers);
void mah_mlp_free(mah_mlp *net_);

int64_t mah_mlp_parameters(const mah_mlp *net);                /* length of the flat vector */
const mah_layer *mah_mlp_layer(const mah_mlp *net, int32_t i); /* with weight and bias filled in */

/* Inputs that are bytes or integers are multiplied by `scale` from now on (1 unless told), or
 * divided by a whole 1 / scale. */
mah_status mah_mlp_scale_inputs(mah_mlp *net, double scale);

/* The mean loss of the batch with its penalties, and (unless NULL) the gradient: (P), overwritten.
 * Errors: shapes; class numbers outside 0 ... K-1 and targets that the loss does not take, naming
 * the row; row numbers outside x; interruption. */
mah_status mah_mlp_gradient(mah_mlp *net, double *loss, mah_tensor *gradient_, const mah_tensor *w,
                            const mah_batch *batch);

/* The loss, as above, and how many rows are classified right, in one pass. For networks with
 * cross_entropy and class numbers, or with binary_cross_entropy: all outputs of a row right. */
mah_status mah_mlp_evaluate(mah_mlp *net, double *loss, double *correct, const mah_tensor *w,
                            const mah_batch *batch);

/* Makes out (N, units of layer `layer`, counted from 0): the outputs of that layer for each row of
 * x, without dropout. Fails, as the functions below, when x holds NaN or infinity. */
mah_status mah_mlp_forward(mah_mlp *net, mah_tensor *out, const mah_tensor *w, const mah_tensor *x,
                           int32_t layer);

/* The same for several layers in one pass, into tensors that are there: outs[i], of layer i, may be
 * NULL. */
mah_status mah_mlp_forward_all(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                               const mah_tensor *x);

/* The same of inputs without their zeros. */
mah_status mah_mlp_forward_compressed(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                                      const mah_compressed *x);

/* Makes the class of each row as int32. cross_entropy: out (N), the first largest output. Any other
 * loss: out (N), or (N, K) for K outputs, is p > 0.5. */
mah_status mah_mlp_predict(mah_mlp *net, mah_tensor *out, const mah_tensor *w, const mah_tensor *x);

/* The same from the network's outputs p (N, K), as mah_mlp_forward gives them, into an `out` that
 * is there; of one column it may have one dimension or two. */
mah_status mah_mlp_classify(const mah_mlp *net, mah_tensor *out, const mah_tensor *p);

#ifndef MAH_CDEF
#include "learn/drive/run.h"

struct mah_mlp {
  mah_network network;
  mah_work work;
  mah_run run;     /* of the batch at hand */
  int32_t is_open; /* are the stages of stage.h in the middle of it? */
};

/* Is w a contiguous vector of the network's parameters, or their gradient? */
mah_status mah_mlp_check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name);
/* And can the network be run without stages? */
mah_status mah_mlp_check_whole(const mah_mlp *net, const mah_tensor *w);
mah_status mah_mlp_check_batch(const mah_mlp *net, const mah_batch *batch);
#endif
#endif
