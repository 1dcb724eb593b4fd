--- Labels, numbers or strings, to 0, 1, 2 ... and back; the classifiers of mah take labels as they
--- are, and this is for whoever wants the numbers.
---
---     local encoder = mah.preprocessing.LabelEncoder{}:fit({"paris", "tokyo", "paris"})
---     print(encoder.classes_[1], encoder.classes_[2])  --> paris tokyo
---     local y = encoder:transform({"tokyo", "paris"})
---     print(y[1], y[2], encoder:inverse_transform(y)[1])  --> 1 0 tokyo
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local labels = require "mah.data.labels"

---@class LabelEncoder
---@field classes_ any[] the labels, sorted; the first has the number 0
local LabelEncoder = {}

---@param y tensor|any[]
---@return table self
function LabelEncoder:fit(y)
  self.classes_ = labels.classes(y, self.where)
  return self
end

--- A label that fit never saw is an error that names it.
---@param y tensor|any[]
---@return tensor   int32
function LabelEncoder:transform(y)
  return labels.encode(y, base.fitted(self, "classes_"), self.where)
end

---@param y tensor|integer[]
---@return tensor|any[]
function LabelEncoder:inverse_transform(y)
  local classes = base.fitted(self, "classes_")
  y = labels.vector(y, self.where .. ": inverse_transform: y")
  for i = 1, #y do
    check.that(type(y[i]) == "number" and classes[y[i] + 1],
      "%s: inverse_transform: %s in row %d is none of 0 ... %d", self.where, tostring(y[i]), i,
      #classes - 1)
  end
  return labels.decode(y, classes)
end

return base.define("mah.preprocessing.LabelEncoder", {}, LabelEncoder)
