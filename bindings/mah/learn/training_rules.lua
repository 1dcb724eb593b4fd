--- The options that trainings have in common, with their texts, each written once: those of
--- mah.train, which mah.train.find_lr and the estimators have, too.
---
---     local rules = { lr = { 1e-3, "number" }, l1 = training_rules.l1 }
return {
  batch_size = { nil, "integer", "[1, inf)", "rows of a mini-batch, of which the last one of an "
    .. "epoch may have fewer; nil: 200, and all rows with lbfgs, cg and levenberg_marquardt" },
  shuffle = { true, "boolean", nil, "a new order of the rows in each epoch; false: as they lie" },
  l1 = { 0, "number", "[0, inf)", "penalty on the sizes of the weights (no biases), a part of the "
    .. "loss: l1 sum|W| / rows of the batch" },
  l2 = { 0, "number", "[0, inf)", "penalty on the squares of the weights (no biases), a part of "
    .. "the loss: l2/2 sum W^2 / rows of the batch; scikit-learn's alpha" },
  weight = { nil, "tensor", nil, "(N): what each row counts in the mean; nil: all alike" },
  clip_norm = { nil, "number", "(0, inf)", "greatest Euclidean norm of a step's gradient; a longer "
    .. "one is scaled back to it; nil: no limit" },
  clip_value = { nil, "number", "(0, inf)", "greatest size of an element of a step's gradient; a "
    .. "larger one is cut back to it; nil: no limit" },
  average = { nil, "table", nil, "an average of the weights, which is validated and is left in the "
    .. "network in the end: mah.average.ema{...} or mah.average.swa{...}; nil: the weights "
    .. "themselves" },
  augment = { nil, "table", nil, "what changes the images of x anew in each epoch: mah.augment" },
  accumulate = { 1, "integer", "[1, inf)", "mini-batches for one step, whose gradient is the mean "
    .. "over all their rows: as if batch_size were so many times larger, with the memory of one" },
  groups = { nil, "table", nil, "parameters that are trained otherwise: a list of {params = "
    .. "{\"W1\", ...} or layers = {1, ...}, lr_scale = 0.1, weight_decay = 0}; of adam, sgd and "
    .. "others that step by a rule" },
  freeze = { nil, "string|integer|table", nil, "parameters that stay as they are: a name of "
    .. "net.names, the part of one before a dot (\"encoder\"), a layer's number, or a list of "
    .. "these" },
  seed = { nil, "integer", "[0, 4294967295]", "of the split, the orders and all noise; nil: one "
    .. "that the default generator (mah.manual_seed) draws" },
  rng = { nil, "table", nil, "a generator (mah.rng) in the place of seed" },
  on_epoch = { nil, "callable", nil, "function (s), called after each epoch with what stopping "
    .. "rules see: s.epoch, s.loss, s.history, ..." },
  on_batch = { nil, "callable", nil, "function (s), called after each step, with s.batch, the "
    .. "step's number in its epoch, and s.batch_loss" },
  threads = { nil, "integer", "[1, 256]", "threads of the core for this training; nil: "
    .. "mah.threads(). A result has the same bits for any number" },
  distributed = { false, "boolean|string", nil, "true: the ranks that mpirun or srun has started "
    .. "train together, with the bits of one; \"ranks\": they share each step on one node, too" },
}
