--- mah.calibration: probabilities that come true as often as they say, and several models behind
--- one.
---
---     local c = mah.calibration.CalibratedClassifierCV{estimator = model, method = "temperature"}
---     print(c:fit(train.x, train.y):predict_proba(test.x))
return {
  CalibratedClassifierCV = require "mah.prepare.calibration.calibrated_classifier_cv",
  FoldsClassifier = require "mah.prepare.calibration.folds_classifier",
}
