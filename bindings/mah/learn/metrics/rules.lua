--- Rules of options that many metrics share, and what they mean.
---
---     local rules = options.declare("mah.metrics.hamming_loss", {
---       sample_weight = shared.sample_weight,
---     })
return {
  sample_weight = { nil, "tensor|table", nil,
    "(N) what each row counts, at least 0; nil: all rows count the same" },
  normalize = { true, "boolean", nil, "a mean over the rows; false: the sum" },
  labels = { nil, "tensor|table", nil,
    "the classes that count, in this order; nil: all of y_true and y_pred, sorted" },
  classes = { nil, "tensor|table", nil,
    "all classes, sorted as the columns of the scores are; needed when y_true lacks some" },
  pos_label = { nil, "number|string|boolean", nil, "the positive class; nil: 1 of the labels 0, 1 "
    .. "and -1, true of booleans; others must be named" },
  zero_division = { "warn", { "warn", 0, 1 }, nil,
    "what 0 / 0 is, where a class is never true or never predicted; \"warn\": 0 and a warning" },
  n_bins = function(default)
    return { default, "integer", "[1, 1000000]", "bins of the probabilities" }
  end,
  strategy = { "uniform", { "uniform", "quantile" }, nil,
    "\"uniform\": bins of the same width; \"quantile\": bins of equally many rows" },
  confidence = { 0.95, "number", "(0, 1)", "how often such intervals hold the true value" },
}
