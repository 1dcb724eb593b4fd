--- From a file with categories and gaps to a judged model. The passengers are made up, so that this
--- runs anywhere; of one's own, mah.data.table "titanic.csv" is all that is needed.
---
--- Output:
---   table of 800 rows and 5 columns
---   ...
---   ROC AUC over 5 folds: ~0.8
---   ...
---   accuracy ...
---   ...
---   loaded: true
local mah = require "mah"
local p = mah.preprocessing

local rng, lines, path = mah.rng(4), { "sex,port,age,fare,survived" }, os.tmpname()
for i = 2, 801 do
  local sex, port = rng:integers(0, 1), ({ "C", "Q", "S", "" })[rng:integers(1, 4)]
  local age, fare = rng:integers(1, 75), math.exp(rng:normal(3, 1))
  local luck = 3 * sex + (age < 12 and 2 or 0) + 0.3 * math.log(fare) - 2.5
  local survived = rng:random() < 1 / (1 + math.exp(-luck)) and "yes" or "no"
  lines[i] = ("%s,%s,%s,%.2f,%s"):format(sex == 1 and "female" or "male", port,
    rng:random() < 0.2 and "" or age, fare, survived)
end
mah.file.write(path, table.concat(lines, "\n"))

local t = mah.data.table(path)
print(t)
local train, test = t:split { test = 0.2, stratify = "survived", seed = 1 }
local model = mah.Pipeline {
  p.ColumnTransformer {
    { { "age", "fare" }, p.SimpleImputer { strategy = "median" }, p.StandardScaler {} },
    { { "sex", "port" }, p.OneHotEncoder { handle_unknown = "ignore" } },
  },
  mah.MLPClassifier { hidden_layer_sizes = { 16 }, early_stopping = true, random_state = 1 },
}
local auc = mah.model_selection.cross_val_score(model, train, "survived", { scoring = "roc_auc" })
print(("ROC AUC over 5 folds: %.2f"):format(auc:mean()))
model:fit(train, "survived"):save(path)
print(mah.metrics.classification_report(test.survived, model:predict(test)))
print("loaded:", mah.load(path):predict_proba(test):equal(model:predict_proba(test)))
