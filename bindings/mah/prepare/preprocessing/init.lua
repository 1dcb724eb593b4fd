--- From what was measured to what a network learns from. Names, parameters, defaults and results
--- are scikit-learn's.
---
---     local train, test = mah.tensor{{1}, {3}}, mah.tensor{{5}}
---     local scaler = mah.preprocessing.StandardScaler{}
---     local z = scaler:fit_transform(train)
---     print(scaler:transform(test)[1][1])  --> 3
---
--- Each takes a matrix, a table, columns by name ({age = ..., sex = ...}) or a list of rows. What
--- it was fitted to by name it finds by name, whatever else is there; feature_names_out() names its
--- results.
return {
  ColumnTransformer = require "mah.prepare.preprocessing.column_transformer",
  FunctionTransformer = require "mah.prepare.preprocessing.function_transformer",
  KBinsDiscretizer = require "mah.prepare.preprocessing.k_bins_discretizer",
  LabelBinarizer = require "mah.prepare.preprocessing.label_binarizer",
  LabelEncoder = require "mah.prepare.preprocessing.label_encoder",
  MinMaxScaler = require "mah.prepare.preprocessing.min_max_scaler",
  Normalizer = require "mah.prepare.preprocessing.normalizer",
  OneHotEncoder = require "mah.prepare.preprocessing.one_hot_encoder",
  OrdinalEncoder = require "mah.prepare.preprocessing.ordinal_encoder",
  PolynomialFeatures = require "mah.prepare.preprocessing.polynomial_features",
  PowerTransformer = require "mah.prepare.preprocessing.power_transformer",
  QuantileTransformer = require "mah.prepare.preprocessing.quantile_transformer",
  RobustScaler = require "mah.prepare.preprocessing.robust_scaler",
  SimpleImputer = require "mah.prepare.preprocessing.simple_imputer",
  StandardScaler = require "mah.prepare.preprocessing.standard_scaler",
  TransformedTargetRegressor = require "mah.prepare.preprocessing.transformed_target_regressor",
}
