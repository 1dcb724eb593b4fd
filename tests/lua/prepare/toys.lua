--- Estimators of one's own, plain Lua objects, with the numbers of their twins in
--- tests/golden/make_prepare.py.
local mah = require "mah"

local toys = {}

local function define(class, methods)
  methods.class = class
  methods.__index = methods
  function methods:get_params() return { gamma = self.gamma } end
  function methods:set_params(given)
    for name, value in pairs(given) do self[name] = value end
    return self
  end
  function methods:clone() return setmetatable(self:get_params(), methods) end
  return function(params)
    local new = { gamma = 1 }
    for name, value in pairs(params or {}) do new[name] = value end
    return setmetatable(new, methods)
  end
end

local Centroids = {}

function Centroids:fit(x, y)
  local rows, classes = {}, {}
  for i = 1, #y do
    if not rows[y[i]] then
      rows[y[i]] = {}
      classes[#classes + 1] = y[i]
    end
    table.insert(rows[y[i]], i)
  end
  table.sort(classes)
  self.classes_, self.means_ = classes, {}
  for k, class in ipairs(classes) do
    self.means_[k] = x:double():index_select(1, rows[class]):mean(1)
  end
  return self
end

function Centroids:predict_proba(x)
  local d = mah.empty(#x, #self.classes_, { dtype = "float64" })
  for k, mean in ipairs(self.means_) do
    d:select(2, k):copy_((x:double() - mean):square():sum(2) * -self.gamma)
  end
  local e = (d - (d:max(2, true))):exp()
  return e / e:sum(2, true)
end

function Centroids:predict(x)
  local place, list = self:predict_proba(x):argmax(2), {}
  for i = 1, #place do list[i] = self.classes_[place[i]] end
  return list
end

function Centroids:score(x, y) return mah.metrics.accuracy(y, self:predict(x)) end

--- The softmax of -gamma times the squared distances to the classes' means.
toys.Centroids = define("Centroids", Centroids)

local Line = {}

function Line:fit(x, y)
  local first = x:double():select(2, 1)
  local u = first - first:mean()
  self.slope_, self.at_, self.mean_ = (u * y):sum() / (u * u):sum(), first:mean(), y:mean()
  return self
end

function Line:predict(x) return (x:double():select(2, 1) - self.at_) * self.slope_ + self.mean_ end

function Line:score(x, y) return mah.metrics.r2_score(y, self:predict(x)) end

--- Least squares on the first column.
toys.Line = define("Line", Line)

return toys
