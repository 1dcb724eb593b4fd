--- The places of a list's numbers in ascending order, equal ones in the order in which NumPy's
--- argsort (1.24) leaves them, which scikit-learn's GroupKFold goes by: quicksort around the median
--- of three, and insertion for 16 numbers or fewer.
---
---     quick_order { 30, 10, 20 }      --> { 2, 3, 1 }
local SMALL = 15

--- By insertion, from place `low` to place `high`.
local function insert(order, v, low, high)
  for i = low + 1, high do
    local moving, j = order[i], i
    while j > low and v[moving] < v[order[j - 1]] do
      order[j] = order[j - 1]
      j = j - 1
    end
    order[j] = moving
  end
end

local function swap(order, i, j) order[i], order[j] = order[j], order[i] end

--- Moves what is less than the median of three to the left, and what is greater to the right of the
--- place that is returned.
local function divide(order, v, low, high)
  local middle = low + math.floor((high - low) / 2)
  if v[order[middle]] < v[order[low]] then swap(order, middle, low) end
  if v[order[high]] < v[order[middle]] then swap(order, high, middle) end
  if v[order[middle]] < v[order[low]] then swap(order, middle, low) end
  local pivot, i, j = v[order[middle]], low, high - 1
  swap(order, middle, j)
  while true do
    repeat i = i + 1 until not (v[order[i]] < pivot)
    repeat j = j - 1 until not (pivot < v[order[j]])
    if i >= j then break end
    swap(order, i, j)
  end
  swap(order, i, high - 1)
  return i
end

local function sort(order, v, low, high)
  while high - low > SMALL do
    local at = divide(order, v, low, high)
    sort(order, v, low, at - 1)
    low = at + 1
  end
  insert(order, v, low, high)
end

---@param values number[]
---@return integer[]
return function(values)
  local order = {}
  for i = 1, #values do order[i] = i end
  sort(order, values, 1, #values)
  return order
end
