--- Which rows teach and which judge, and how good a model is on rows that it has not seen. Names,
--- parameters, defaults and splits are scikit-learn's; rows count from 1.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", random_state = 1}
---     local cv = mah.model_selection.StratifiedKFold{n_splits = 3}
---     local scores = mah.model_selection.cross_val_score(model, data.x, data.y, {cv = cv})
---     print(#scores, scores:mean() > 0.7)  --> 3 true
local cross = require "mah.prepare.model_selection.cross_validation"
local curves = require "mah.prepare.model_selection.curves"

return {
  GridSearchCV = require "mah.prepare.model_selection.grid_search_cv",
  GroupKFold = require "mah.prepare.model_selection.group_k_fold",
  KFold = require "mah.prepare.model_selection.k_fold",
  LeaveOneOut = require "mah.prepare.model_selection.leave_one_out",
  RandomizedSearchCV = require "mah.prepare.model_selection.randomized_search_cv",
  RepeatedKFold = require "mah.prepare.model_selection.repeated_k_fold",
  RepeatedStratifiedKFold = require "mah.prepare.model_selection.repeated_stratified_k_fold",
  ShuffleSplit = require "mah.prepare.model_selection.shuffle_split",
  StratifiedKFold = require "mah.prepare.model_selection.stratified_k_fold",
  StratifiedShuffleSplit = require "mah.prepare.model_selection.stratified_shuffle_split",
  TPESearchCV = require "mah.prepare.model_selection.tpe_search_cv",
  TimeSeriesSplit = require "mah.prepare.model_selection.time_series_split",
  cross_val_predict = cross.cross_val_predict,
  cross_val_score = cross.cross_val_score,
  cross_validate = cross.cross_validate,
  learning_curve = curves.learning_curve,
  permutation_importance = require "mah.prepare.model_selection.permutation_importance",
  train_test_split = require "mah.prepare.model_selection.train_test_split",
  validation_curve = curves.validation_curve,
}
