--- Rules of parameters that several classes of this wing have, and what they mean.
---
---     base.define("mah.model_selection.KFold", { shuffle = shared.shuffle, ... }, methods)
local options = require "mah.base.options"

return {
  random_state = { nil, "integer|table", "[0, 4294967295]",
    "seed, as scikit-learn's, or a generator of mah.rng; nil: other draws each time" },
  search_state = { 0, "integer", "[0, 4294967295]", "seed of the draws" },
  sample_weight = { nil, "tensor|table", nil,
    "(N) what each row counts, at least 0; nil: all rows count the same" },
  groups = { nil, "any", nil, "(N) the group of each row, for splitters such as GroupKFold" },
  cv = { 5, "integer|table", nil, "which rows judge: a number of folds (stratified for "
    .. "classifiers), a splitter such as KFold{}, or a list of {train, test} row numbers" },
  scoring = { nil, "string|callable", nil, "what is better: a name of "
    .. "mah.metrics.get_scorer_names(), or a function (estimator, x, y) -> number; nil: the "
    .. "estimator's score" },
  estimator = { options.required, "table", nil,
    "what is fitted, a pipeline too; it is cloned, and stays as it is" },
  n_splits = { 5, "integer", "[2, inf)", "parts that the rows are cut into" },
  n_repeats = { 10, "integer", "[1, inf)", "how often all rows are shuffled and cut anew" },
  shuffle = { false, "boolean", nil, "the rows are shuffled before they are cut" },
}
