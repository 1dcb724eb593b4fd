--- Probabilities that come true as often as they say, and several models behind one.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local c = mah.calibration.CalibratedClassifierCV{
---       estimator = mah.MLPClassifier{solver = "lbfgs", random_state = 1},
---       method = "temperature", cv = 3,
---     }
---     print(c:fit(data.x, data.y):predict_proba(data.x).shape[2])  --> 2
return {
  CalibratedClassifierCV = require "mah.prepare.calibration.calibrated_classifier_cv",
  FoldsClassifier = require "mah.prepare.calibration.folds_classifier",
}
