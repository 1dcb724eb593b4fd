--- Puts scripts/studies where require looks, for the specs of the report.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
package.path = here .. "../../../scripts/studies/?.lua;" .. package.path

return {
  "hidden_layers", "residual_layers", "neurons", "solvers", "activations", "learning_rate",
  "fitting", "stopping", "dropout", "batch_size", "final_model", "scikit_learn",
}
