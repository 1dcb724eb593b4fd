--- mah.model_selection: which rows teach and which judge, and how good a model is on rows that it
--- has not seen. Names, parameters, defaults and splits are scikit-learn's; rows count from 1.
---
---     local m = mah.model_selection
---     for train, test in m.StratifiedKFold{n_splits = 5}:split(x, y) do ... end
---     print(m.cross_val_score(model, x, y, {cv = 5}):mean())
local cross = require "mah.prepare.model_selection.cross_validation"
local curves = require "mah.prepare.model_selection.curves"
local group = require "mah.prepare.model_selection.group_k_fold"
local k_fold = require "mah.prepare.model_selection.k_fold"
local searches = require "mah.prepare.model_selection.search_cv"
local shuffle_split = require "mah.prepare.model_selection.shuffle_split"
local stratified = require "mah.prepare.model_selection.stratified_k_fold"
local time_series = require "mah.prepare.model_selection.time_series_split"

return {
  GridSearchCV = searches.GridSearchCV,
  GroupKFold = group.GroupKFold,
  KFold = k_fold.KFold,
  LeaveOneOut = k_fold.LeaveOneOut,
  RandomizedSearchCV = searches.RandomizedSearchCV,
  RepeatedKFold = k_fold.RepeatedKFold,
  RepeatedStratifiedKFold = stratified.RepeatedStratifiedKFold,
  ShuffleSplit = shuffle_split.ShuffleSplit,
  StratifiedKFold = stratified.StratifiedKFold,
  StratifiedShuffleSplit = shuffle_split.StratifiedShuffleSplit,
  TPESearchCV = searches.TPESearchCV,
  TimeSeriesSplit = time_series.TimeSeriesSplit,
  cross_val_predict = cross.cross_val_predict,
  cross_val_score = cross.cross_val_score,
  cross_validate = cross.cross_validate,
  learning_curve = curves.learning_curve,
  permutation_importance = require "mah.prepare.model_selection.permutation_importance",
  train_test_split = require "mah.prepare.model_selection.train_test_split",
  validation_curve = curves.validation_curve,
}
