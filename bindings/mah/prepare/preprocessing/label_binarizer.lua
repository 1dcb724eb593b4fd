--- A column for each label, pos_label where it is, neg_label elsewhere; of two labels one column,
--- for the second.
---
---     local binarizer = mah.preprocessing.LabelBinarizer{}:fit({"no", "yes", "maybe"})
---     print(table.concat(binarizer.classes_, " "))  --> maybe no yes
---     local z = binarizer:transform({"yes"})
---     print(z[1][1], z[1][2], z[1][3], binarizer:inverse_transform(z)[1])  --> 0 0 1 yes
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local labels = require "mah.data.labels"
local tensor = require "mah.tensor"

---@class LabelBinarizer
---@field classes_ any[] the labels, sorted, in the order of the columns
local LabelBinarizer = {}

---@param y tensor|any[]
---@return table self
function LabelBinarizer:fit(y)
  check.that(self.neg_label < self.pos_label, "%s: neg_label = %d must be less than pos_label = %d",
    self.where, self.neg_label, self.pos_label)
  self.classes_ = labels.classes(y, self.where)
  return self
end

--- A label that fit never saw has no column: its row has none.
---@param y tensor|any[]
---@return tensor   int32 (N, classes), or (N, 1) for one or two classes
function LabelBinarizer:transform(y)
  local classes, list, n = base.fitted(self, "classes_"), labels.vector(y, self.where)
  local place, width = {}, #classes > 2 and #classes or 1
  for k, label in ipairs(classes) do place[label] = k end
  local out = tensor.full({ n, width }, self.neg_label, { dtype = "int32" })
  local columns = {}
  for k = 1, #classes do columns[k] = #classes > 2 and out:select(2, k) or nil end
  if #classes == 2 then columns[2] = out:select(2, 1) end
  for i = 1, n do
    local column = columns[place[list[i]]]
    if column then column[i] = self.pos_label end
  end
  return out
end

--- The label of the greatest column; of one column the second label where it is above the middle
--- of neg_label and pos_label.
---@param y tensor
---@return tensor|any[]
function LabelBinarizer:inverse_transform(y)
  local classes = base.fitted(self, "classes_")
  local width = #classes > 2 and #classes or 1
  check.that(Type.is_tensor(y), "%s: inverse_transform: a tensor is expected, got %s", self.where,
    check.show(y))
  check.that(y.ndim == 2 and y.shape[2] == width, "%s: inverse_transform: (N, %d) is expected, got "
    .. "shape (%s)", self.where, width, table.concat(y.shape, ", "))
  local codes
  if width > 1 then
    codes = y:argmax(2):sub_(1)
  else
    local middle = (self.neg_label + self.pos_label) / 2
    codes = #classes == 1 and y:select(2, 1):int() * 0 or y:select(2, 1):gt(middle):int()
  end
  return labels.decode(codes, classes)
end

return base.define("mah.preprocessing.LabelBinarizer", {
  neg_label = { 0, "integer", nil, "what stands where the label is not" },
  pos_label = { 1, "integer", nil, "what stands where it is; greater than neg_label" },
}, LabelBinarizer)
