--- Mah: a numerical toolkit. `local mah = require "mah"`; each part is loaded when it is
--- first used.
local C = require "mah.base.library"
local ffi = require "ffi"
local named = require "mah.base.named"
local launcher = require "mah.base.launcher"
local loading = require "mah.base.loading"
local options = require "mah.base.options"
local places = require "mah.base.places"
local traced = require "mah.tensor.traced"

require("mah.base.compiler").warn()
if not places.is_program() then launcher.hush() end -- the program has done so when it began

--- mah.NAME is the module itself.
local modules = {
  plot = "mah.draw.plot",
  image = "mah.draw.image",
  init = "mah.learn.initial",
  clip = "mah.learn.clip",
  data = "mah.data",
  arguments = "mah.base.arguments",
  augment = "mah.data.augment",
  average = "mah.learn.average",
  ensemble = "mah.learn.ensemble",
  distributions = "mah.tensor.distributions",
  fft = "mah.tensor.fft",
  file = "mah.base.file",
  gradcheck = "mah.learn.gradcheck",
  json = "mah.base.json",
  linalg = "mah.tensor.linalg",
  locale = "mah.draw.locale",
  loss = "mah.grad.loss",
  machine = "mah.base.machine",
  memory = "mah.base.memory",
  calibration = "mah.prepare.calibration",
  model_selection = "mah.prepare.model_selection",
  Pipeline = "mah.prepare.pipeline",
  preprocessing = "mah.prepare.preprocessing",
  metrics = "mah.learn.metrics",
  minimize = "mah.learn.minimize",
  nn = "mah.learn.nn",
  network = "mah.learn.taped",
  MLPClassifier = "mah.learn.estimator.classifier",
  MLPRegressor = "mah.learn.estimator.regressor",
  progress = "mah.base.progress",
  prompt = "mah.prompt.open",
  prune = "mah.sweep.prune",
  show = "mah.draw.terminal.show",
  help = "mah.prompt.help",
  report = "mah.report",
  schedule = "mah.learn.schedule",
  search = "mah.sweep.search",
  solver = "mah.learn.solver",
  stop = "mah.learn.stop",
  sweep = "mah.sweep",
  threads = "mah.base.threads",
  train = "mah.learn.train",
  train_many = "mah.learn.train_many",
}

--- mah.NAME is a field of the module.
local fields = {
  ["mah.base.warn"] = "warnings",
  ["mah.exchange.load"] = "load",
  ["mah.learn.mlp"] = "mlp",
  ["mah.grad.functions"] = "grad value_and_grad vjp jvp jacobian hessian hvp",
  ["mah.grad.wrap"] = "no_grad checkpoint custom",
  ["mah.data.csv"] = "load_csv save_csv",
  ["mah.data.idx"] = "load_idx save_idx",
  ["mah.data.npy"] = "load_npy save_npy load_npz save_npz",
  ["mah.data.safetensors"] = "load_safetensors save_safetensors",
  ["mah.tensor.index"] = "index_select index_add_ index_copy_ gather scatter_add scatter_add_ "
    .. "masked_select nonzero",
  ["mah.tensor.join"] = "cat stack split chunk",
  ["mah.tensor.sort"] = "sort argsort topk quantile median nanquantile nanmedian unique bincount "
    .. "histogram",
  ["mah.tensor.search"] = "searchsorted bucketize isin interp",
  ["mah.tensor.cumulate"] = "cumsum cumprod cummax cummin diff",
  ["mah.tensor.arrange"] = "flip fliplr flipud roll tile repeat repeat_interleave tril triu "
    .. "meshgrid diagonal trace diag_embed take_along_dim",
  ["mah.tensor.dimensions"] = "movedim moveaxis swapaxes ravel unfold atleast_1d atleast_2d "
    .. "atleast_3d",
  ["mah.tensor.statistics"] = "cov corrcoef",
  ["mah.tensor.softmax"] = "softmax log_softmax",
  ["mah.tensor.compare"] = "isclose allclose",
  ["mah.tensor.einsum"] = "einsum",
  ["mah.tensor.random"] = "rng manual_seed",
  ["mah.tensor.drawn"] = "rand randn randint randperm rand_like randn_like randint_like",
  ["mah.tensor.product"] = "matmul dot outer mm vecdot kron",
  ["mah.tensor.make"] = "tensor from_pointer empty zeros ones full arange linspace "
    .. "logspace eye empty_like zeros_like ones_like full_like",
  ["mah.tensor.convolve"] = "conv1d convolve",
  ["mah.tensor.fft"] = "ifft rfft irfft",
  ["mah.tensor.special"] = "gammaln lbeta", -- and every function that the core names
  -- and every operation that the core names
  ["mah.tensor.elementwise"] = "where clamp logical_and logical_or logical_xor logical_not",
  ["mah.tensor.reduce"] = "sum mean prod logsumexp var std min max argmin argmax any all norm "
    .. "count_nonzero nansum nanmean nanprod nanvar nanstd nanmin nanmax nanargmin nanargmax",
}

--- What a lower wing adds to modules of upper ones, which do not know it: loaded with them.
local additions = {
  ["mah.data"] = "mah.cluster.data",
  ["mah.exchange.load"] = "mah.exchange.writers",
  ["mah.learn.estimator.classifier"] = "mah.exchange.writers mah.cluster.training",
  ["mah.learn.estimator.regressor"] = "mah.exchange.writers mah.cluster.training",
  ["mah.learn.mlp"] = "mah.exchange.writers",
  ["mah.learn.taped"] = "mah.exchange.writers",
  ["mah.learn.train"] = "mah.cluster.training mah.draw.range_test",
  ["mah.prepare.calibration"] = "mah.prepare.saved mah.exchange.writers",
  ["mah.prepare.model_selection"] = "mah.prepare.saved mah.exchange.writers",
  ["mah.prepare.pipeline"] = "mah.prepare.saved mah.exchange.writers",
  ["mah.prepare.preprocessing"] = "mah.prepare.saved mah.exchange.writers",
  ["mah.sweep"] = "mah.cluster.sweeps",
}

local home = {}
for module, names in pairs(fields) do
  for name in names:gmatch "%S+" do home[name] = module end
end
local function add_operations(name_of, module)
  for _, name in named(name_of) do home[name] = module end
end
add_operations(C.mah_unary_name, "mah.tensor.elementwise")
add_operations(C.mah_binary_name, "mah.tensor.elementwise")
add_operations(C.mah_special_name, "mah.tensor.special")

--- A module of tensor/ comes with what finds methods for the tensors that it makes.
local function load(module)
  if module:find "^mah%.tensor%." then loading.module "mah.tensor.type" end
  for addition in (additions[module] or ""):gmatch "%S+" do loading.module(addition) end
  return loading.module(module)
end

--- mah.plot.scater says so, instead of nil that cannot be called.
local function guard(name, part)
  if type(part) ~= "table" then return end
  local meta = getmetatable(part)
  if not meta then
    meta = {}
    setmetatable(part, meta)
  end
  if meta.__index == nil then
    function meta.__index(_, key)
      local others = name == "distributions" and require("mah.tensor.elsewhere").distributions
      options.missing("mah." .. name, part, key, others or nil)
    end
  end
end

--- {reshape = "write x:reshape(...)"} for a method's name, {solve = "write mah.linalg.solve"} for
--- one that a part has; or what other tools' name stands for.
local function advice(mah, name)
  for _, part in ipairs { "linalg", "fft", "distributions" } do
    if type(name) == "string" and rawget(mah[part], name) then
      return { [name] = ("write mah.%s.%s"):format(part, name) }
    end
  end
  if type(name) == "string" and require("mah.tensor.type").methods[name] then
    return { [name] = ("write x:%s(...)"):format(name) }
  end
  return require("mah.tensor.elsewhere").mah
end

--- May the function be given traced tensors? Those that make tensors of sizes, which count their
--- arguments, are not.
local function takes_traced(module, name)
  if module == "mah.tensor.make" or module == "mah.tensor.drawn" then return name:find "_like$" end
  return module:find "^mah%.tensor%." and module ~= "mah.tensor.random" and name ~= "meshgrid"
end

local function load_part(mah, name)
  local value
  if modules[name] then
    value = load(modules[name])
    if name == "linalg" then traced.guard_part(value) end
    guard(name, value)
  elseif home[name] then
    value = load(home[name])[name]
    if type(value) == "function" and takes_traced(home[name], name) then
      value = traced.guard(name, value, traced.functions)
    end
  end
  if value == nil then
    local known = {}
    for _, names in ipairs { modules, home } do
      for k in pairs(names) do known[k] = true end
    end
    options.missing("mah", known, name, advice(mah, name))
  end
  rawset(mah, name, value)
  return value
end

--- The names of all parts, sorted, and the module of those that are a module.
---@return string[] names, table<string, string> homes
local function names()
  local list = {}
  for _, known in ipairs { modules, home } do
    for name in pairs(known) do list[#list + 1] = name end
  end
  table.sort(list)
  return list, modules
end

return setmetatable({ version = ffi.string(C.mah_version()) }, {
  __index = load_part,
  names = names,
})
