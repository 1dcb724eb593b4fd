--- Models of Mah's and of others, told by what is in the file and not by its name. Loading runs no
--- code.
---
--- A reader is a module that returns {name = "KANN", knows = function(head, path) -> boolean,
--- read = function(path, given) -> model}: head is the beginning of the file, given the options of
--- mah.load, which the reader looks at with exchange/given.lua.
local C = require "mah.base.library"
local check = require "mah.base.check"
local file = require "mah.base.file"
require "mah.exchange.given" -- declares the options, for help and completion

local loading = {}

local HEAD = 4096 -- bytes that readers know their files by

--- The readers' modules, in the order in which they are asked.
loading.readers = {
  "mah.exchange.read.safetensors",
  "mah.exchange.read.pytorch",
  "mah.exchange.read.sklearn",
  "mah.exchange.read.skops",
  "mah.exchange.read.gguf",
  "mah.exchange.read.kann",
  "mah.exchange.read.fann",
  "mah.exchange.read.torch7",
  "mah.exchange.read.onnx",
}

--- What other files begin with, and what becomes of them.
local strangers = {
  { "^$", "it is empty" },
  { "^\137PNG\r\n", "it is a PNG image" },
  { "^\147NUMPY", "it is an array of NumPy's; mah.load_npy reads such files" },
  { "^PK\3\4[^\n]-%.npy", "it holds arrays of NumPy's; mah.load_npz reads such files" },
  { "^PK[\3\5]", "it is a ZIP file, of neither PyTorch nor skops" },
  { "^\137HDF\r\n", "it is HDF5, as Keras writes; tf2onnx makes an ONNX file of the model" },
  { "^%(\181/\253", "it is packed by zstd; unpack it with zstd -d" },
}

--- What else reads files, by their ending.
local others = {
  csv = "mah.data.table reads such files",
  npy = "mah.load_npy reads such files", npz = "mah.load_npz reads such files",
  idx = "mah.load_idx reads such files",
}

local function refuse(path, head, names)
  for _, pair in ipairs(strangers) do
    check.that(not head:find(pair[1]), "mah.load: %s: not a model saved by mah: %s", path, pair[2])
  end
  local ending = path:lower():match "%.(%w+)$"
  check.raise("mah.load: %s: not a model saved by mah: not a safetensors file; %s", path,
    others[ending] or ("nor one of %s"):format(table.concat(names, ", ", 2)))
end

--- The file's first bytes; errors name the path and what the system says. Readers open the file
--- again, which a pipe does not bear.
local function head_of(path)
  check.that(C.mah_file_exists(path) == 0 or C.mah_file_is_regular(path) ~= 0,
    "mah.load: cannot read '%s': it is a pipe or a device; put what it gives into a file", path)
  local handle, message = io.open(path, "rb")
  if not handle then
    check.raise("mah.load: cannot read '%s': %s", path, (message:gsub("^.*: ", "")))
  end
  local head, why = handle:read(HEAD)
  handle:close()
  if why then check.raise("mah.load: cannot read '%s': %s", path, (why:gsub("^.*: ", ""))) end
  return head or ""
end

--- Reads a network, an estimator or a pipeline that :save() wrote, or a model of others; what kind
--- of file it is, its content says: safetensors, ONNX, PyTorch's .pt, scikit-learn's pickles and
--- joblib files, skops, GGUF, KANN, FANN, Torch7. Files that hold weights by names only, such as
--- PyTorch's state_dict in safetensors, .pt or GGUF, need to be told what stands between:
--- activation and, where that is not clear, the other options.
---
--- Models of others become a network as mah.mlp makes them; with classes, the labels in the order
--- of the outputs, an MLPClassifier; with regression = true an MLPRegressor; a pipeline, where
--- scalers stand before the network. log_softmax counts as softmax: the outputs are probabilities.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local clf = mah.MLPClassifier{solver = "lbfgs", random_state = 1}:fit(data.x, data.y)
---     clf:save("model.safetensors")
---     local again = mah.load("model.safetensors")
---     print(again:score(data.x, data.y) == clf:score(data.x, data.y))  --> true
---     clf:save("model.onnx")
---     local third = mah.load("model.onnx", {classes = {0, 1}})
---     print(third.class, #third:predict(data.x))  --> MLPClassifier 60
---@param path string
---@param given table|nil
---@return table
function loading.load(path, given)
  file.path(path, "mah.load")
  local head, names = head_of(path), {}
  for _, module in ipairs(loading.readers) do
    local reader = require(module)
    if reader.knows(head, path) then return reader.read(path, given) end
    names[#names + 1] = reader.name
  end
  refuse(path, head, names)
end

return loading
