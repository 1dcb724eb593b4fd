--- Weights under the names that PyTorch gives them, a state_dict, as a model: fc1.weight (outputs,
--- inputs), fc1.bias, and BatchNorm's weight, bias, running_mean and running_var.
---
---     local net = state_dict.model({ ["0.weight"] = w1, ["0.bias"] = b1, ["2.weight"] = w2,
---       ["2.bias"] = b2 }, { activation = "relu", out_activation = "softmax" }, path)
---
--- The order of the layers: as `layers` says; by number where the names are numbers (net.0, net.2)
--- or end in one (fc1, fc2); as in the file, where that says something and the sizes follow from
--- each other; else the only one in which they do. An activation follows each layer but the last:
--- where the numbers of a Sequential leave out one, there, else behind the BatchNorm that follows
--- the layer.
local chain = require "mah.exchange.chain"
local check = require "mah.base.check"
local options = require "mah.base.options"
local options_of = require "mah.exchange.given"

local state_dict = {}

local takes = { "activation", "out_activation", "layers", "classes", "regression", "eps" }

local MOST_SHOWN = 20   -- tensors in a message
local MOST_TRIED = 1000 -- steps of looking for an order

-- -- Modules --------------------------------------------------------------------------------------

local function shape_text(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

--- "a2" before "a10".
local function natural(name)
  return (name:gsub("%d+", function(digits) return ("%020.0f"):format(tonumber(digits)) end))
end

local function by_nature(a, b) return natural(a) < natural(b) end

local parts = { weight = true, bias = true, running_mean = true, running_var = true }

--- What kind of module its tensors make, or complains.
local function kind_of(module, path)
  local weight, name = module.weight, module.name
  local shown = weight and ("%s.weight %s"):format(name, shape_text(weight))
  if module.running_mean and module.running_var then return "norm" end
  check.that(not module.running_mean and not module.running_var,
    "%s: %s has one of running_mean and running_var; BatchNorm has both", path, name)
  check.that(weight, "%s: %s has a bias and no weight", path, name)
  if weight.ndim == 1 then
    check.raise("%s: %s: a normalisation without running_mean and running_var (LayerNorm?) or an "
      .. "activation with weights (PReLU?), which Mah has not", path, shown)
  end
  check.that(weight.ndim == 2, "%s: %s: dense layers are expected, whose weights are matrices",
    path, shown)
  return "linear"
end

--- The modules by name: {name, kind, weight, bias, running_mean, running_var}.
local function modules_of(tensors, path)
  local found = {}
  for full, t in pairs(tensors) do
    local name, part = full:match "^(.*)%.([^.]+)$"
    if not name then name, part = "", full end
    if part ~= "num_batches_tracked" then
      check.that(parts[part], "%s: the tensor %s %s is no weight, bias, running_mean or "
        .. "running_var of a layer", path, full, shape_text(t))
      check.that(t.dtype:find "float", "%s: the tensor %s is %s; weights of floating point are "
        .. "expected", path, full, t.dtype)
      found[name] = found[name] or { name = name }
      found[name][part] = t.dtype:find "16$" and t:float() or t
    end
  end
  check.that(next(found), "%s: there are no tensors in it", path)
  return found
end

-- -- Their order ----------------------------------------------------------------------------------

--- {stem, number} of a name that ends in a number.
local function numbered(name)
  local stem, digits = name:match "^(.-)(%d+)$"
  return stem, tonumber(digits)
end

--- Sorts by number and says so, where all names are of one stem. A Sequential, whose numbers count
--- what has no weights too, gives its modules their number.
local function by_number(list)
  local first = numbered(list[1].name)
  for _, module in ipairs(list) do
    if not first or numbered(module.name) ~= first then return false end
  end
  table.sort(list, function(a, b) return by_nature(a.name, b.name) end)
  for _, module in ipairs(list) do
    local stem, number = numbered(module.name)
    module.number = (stem == "" or stem:sub(-1) == ".") and number or nil
  end
  return true
end

local function in_and_out(module)
  if module.kind == "norm" then return #module.running_mean, #module.running_mean end
  return module.weight.shape[2], module.weight.shape[1]
end

--- Do the sizes follow from each other?
local function fits(list)
  local width
  for _, module in ipairs(list) do
    local inputs, outputs = in_and_out(module)
    if width and inputs ~= width then return false end
    width = outputs
  end
  return true
end

--- The only order in which the sizes follow from each other; nil and how many there are (2: at
--- least so many, or too many to look at).
local function by_size(list)
  local taken, order, found, count, tried = {}, {}, nil, 0, 0
  local function try(width)
    tried = tried + 1
    if #order == #list then
      count, found = count + 1, found or options.copy(order)
    end
    for i, module in ipairs(list) do
      local inputs, outputs = in_and_out(module)
      if not taken[i] and (not width or width == inputs) then
        if count > 1 or tried > MOST_TRIED then return end
        taken[i], order[#order + 1] = true, module
        try(outputs)
        taken[i], order[#order] = nil, nil
      end
    end
  end
  try(nil)
  if tried > MOST_TRIED then count = 2 end
  return count == 1 and found or nil, count
end

local function quoted_names(list)
  local names = {}
  for i, module in ipairs(list) do names[i] = ("%q"):format(module.name) end
  return table.concat(names, ", ")
end

--- Those that the option names, in its order.
local function as_told(found, names, path)
  local list = {}
  for i, name in ipairs(names) do
    check.that(type(name) == "string", "mah.load: layers[%d] is %s; a name is expected", i,
      check.show(name))
    check.that(found[name], "mah.load: %s: layers: there is no %q%s", path, name,
      options.did_you_mean(name, found))
    list[i] = found[name]
  end
  check.that(#list > 0, "mah.load: layers is empty")
  return list
end

--- As the file has them: `order` names all tensors.
local function as_filed(found, order)
  local list, seen = {}, {}
  for _, full in ipairs(order) do
    local name = full:match "^(.*)%.[^.]+$" or ""
    if found[name] and not seen[name] then list[#list + 1] = found[name] end
    seen[name] = true
  end
  return list
end

local function ordered(found, o, order, path)
  if o.layers then return as_told(found, o.layers, path) end
  local list = {}
  for _, module in pairs(found) do list[#list + 1] = module end
  if by_number(list) then return list end
  table.sort(list, function(a, b) return by_nature(a.name, b.name) end)
  for _, module in ipairs(list) do module.kind = kind_of(module, path) end
  local filed = order and as_filed(found, order)
  if filed and fits(filed) then return filed end
  local by_sizes, count = by_size(list)
  return by_sizes or check.raise("%s: the sizes of the layers fit in %s: name them in theirs: "
    .. "mah.load(%q, {layers = {%s}, ...})", path, count == 0 and "no order" or "several orders",
    path, quoted_names(list))
end

-- -- Activations ----------------------------------------------------------------------------------

--- The names and shapes of all tensors, one a line.
local function listing(tensors)
  local names, lines = {}, {}
  for name in pairs(tensors) do names[#names + 1] = name end
  table.sort(names, by_nature)
  for i = 1, math.min(#names, MOST_SHOWN) do
    lines[i] = ("  %s %s"):format(names[i], shape_text(tensors[names[i]]))
  end
  if #names > MOST_SHOWN then lines[#lines + 1] = ("  and %d more"):format(#names - MOST_SHOWN) end
  return table.concat(lines, "\n")
end

local function is_one(value) return type(value) == "string" or value.forward ~= nil end

--- A function (i) -> the activation of hidden layer i.
local function activations_of(given, hidden, tensors, path)
  if given == nil then
    check.that(hidden == 0, "%s: these weights do not say what stands between them:\n%s\nsay it: "
      .. "mah.load(%q, {activation = \"relu\", out_activation = \"softmax\"})", path,
      listing(tensors), path)
    return
  end
  if is_one(given) then return function() return given end end
  check.that(#given == hidden, "mah.load: %s: activation has %d entries for %d hidden layers", path,
    #given, hidden)
  return function(i) return given[i] end
end

--- Does Sequential's numbering leave out one between a and b, where an activation may have been?
local function has_gap(a, b) return b and a.number and b.number and b.number > a.number + 1 end

--- The places in the list behind which the activation of each hidden layer stands.
local function places_of(list, given, path)
  local places, gaps, none = {}, false, nil
  for i, module in ipairs(list) do
    if module.kind == "linear" then
      local at, next_linear = nil, i + 1
      while list[next_linear] and list[next_linear].kind ~= "linear" do
        next_linear = next_linear + 1
      end
      for k = i, next_linear - 1 do
        if not at and has_gap(list[k], list[k + 1]) then at = k end
      end
      if list[next_linear] then
        if at then gaps = true else none = none or module.name end
        at = at or next_linear - 1
        places[at] = true
      end
    end
  end
  check.that(not (gaps and none) or not is_one(given), "mah.load: %s: some layers have room for an "
    .. "activation behind them, and %s has none: give a list, with \"identity\" where nothing is",
    path, none)
  return places
end

-- -- The model ------------------------------------------------------------------------------------

local function norm_step(module, o, path)
  local n = #module.running_mean
  for name in pairs(parts) do
    local t = module[name]
    check.that(not t or t.ndim == 1 and #t == n, "%s: %s.%s %s: %d values are expected", path,
      module.name, name, t and shape_text(t), n)
  end
  check.that(module.running_var:ge(0):all(), "%s: %s.running_var is not all positive", path,
    module.name)
  return {
    kind = "affine", name = module.name, subtract = module.running_mean,
    divide = (module.running_var:double() + o.eps):sqrt(), multiply = module.weight,
    add = module.bias,
  }
end

local function step_of(module, o, path)
  if module.kind == "norm" then return norm_step(module, o, path) end
  return { kind = "linear", name = module.name, weight = module.weight:t(), bias = module.bias }
end

--- The model of named tensors: a network, or an estimator where classes or regression are given.
---@param tensors table<string, tensor>
---@param given table|nil      what mah.load was given: activation, for all hidden layers or a list;
---  out_activation, identity unless told (of a classifier softmax, of one output logistic); layers,
---  the modules' names in their order; classes; regression; eps of BatchNorm
---@param path string          of the file, for messages
---@param order string[]|nil   the tensors' names as they follow each other in the file, if that
---  says something
---@return table
function state_dict.model(tensors, given, path, order)
  local o = options_of(given, takes, path, "a state_dict")
  local found = modules_of(tensors, path)
  local list = ordered(found, o, order, path)
  local hidden = -1
  for _, module in ipairs(list) do
    module.kind = module.kind or kind_of(module, path)
    if module.kind == "linear" then hidden = hidden + 1 end
  end
  local activation = activations_of(o.activation, hidden, tensors, path)
  local places = activation and places_of(list, o.activation, path) or {}
  local steps, count = {}, 0
  for i, module in ipairs(list) do
    steps[#steps + 1] = step_of(module, o, path)
    if places[i] then
      count = count + 1
      steps[#steps + 1] = { kind = "activation", name = activation(count) }
    end
  end
  return chain.model(steps, { where = path, classes = o.classes, regression = o.regression,
    out_activation = o.out_activation })
end

return state_dict
