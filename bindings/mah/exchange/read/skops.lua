--- skops files (skops.readthedocs.io, protocols 0 to 2): scikit-learn's estimators as a ZIP file of
--- a schema in JSON and of .npy files.
---
---     local clf = mah.load "pipe.skops"
---
--- The schema is a tree of nodes, {"__loader__": "ListNode", "content": [...]}. Those that would
--- call something (functions, methods, types of one's own) are refused by their name.
local archive = require "mah.exchange.archive"
local arrays = require "mah.exchange.pickle.arrays"
local check = require "mah.base.check"
local json = require "mah.base.json"
local names = require "mah.exchange.pickle.names"
local npy = require "mah.exchange.pickle.npy"
local options_of = require "mah.exchange.given"
local sklearn = require "mah.exchange.sklearn"
local values = require "mah.exchange.pickle.values"

local reader = { name = "skops" }

local SCHEMA = "schema.json"

function reader.knows(head, path)
  if not archive.is(head) then return false end
  local ok, known = pcall(archive.with, path, function(zip) return zip:has(SCHEMA) end)
  return ok and known
end

-- -- A file that is being read --------------------------------------------------------------------

--- Complains as pickle/machine.lua does, for the arrays, which are the same.
local File = {}
File.__index = File

function File:fail(message, ...) check.raise("%s: %s", self.path, message:format(...)) end

function File:check(condition, message, ...) return condition or self:fail(message, ...) end

function File:charge(count)
  self.left = self.left - count
  self:check(self.left >= 0, "its arrays would take too much memory for such a file")
end

local function name_of(node)
  return ("%s.%s"):format(tostring(node.__module__), tostring(node.__class__))
end

-- -- Nodes ----------------------------------------------------------------------------------------

local nodes = {}

local function content(file, node)
  return file:check(type(node.content) == "table" and node.content, "a %s without content",
    tostring(node.__loader__))
end

--- What a node stands for; each is looked at once.
local function value_of(file, node)
  file:check(type(node) == "table", "the schema holds %s in the place of a node", check.show(node))
  local id = type(node.__id__) == "number" and node.__id__
  if node.__loader__ == "CachedNode" then
    return file:check(id and file.known[id], "the schema has a node that is nowhere")
  end
  local make = nodes[node.__loader__]
  file:check(make, "it wants %s (%s), which is none of the things that a model is made of and is "
    .. "never run", name_of(node), tostring(node.__loader__))
  local value = make(file, node)
  if id then file.known[id] = value end
  return value
end

local constants = { ["null"] = values.None, NaN = 0 / 0, Infinity = 1 / 0, ["-Infinity"] = -1 / 0 }

function nodes.JsonNode(file, node)
  local text = file:check(type(node.content) == "string" and node.content, "a value is no JSON")
  if constants[text] ~= nil then return constants[text] end
  local ok, value = pcall(json.decode, text)
  local kind = ok and type(value)
  file:check(kind == "string" or kind == "number" or kind == "boolean", "a value is %q",
    text:sub(1, 40))
  return value
end

local function sequence(kind)
  return function(file, node)
    local items, out = content(file, node), {}
    for i, item in ipairs(items) do out[i] = value_of(file, item) end
    return values.list(out, #out, kind)
  end
end

nodes.ListNode, nodes.TupleNode, nodes.SetNode = sequence "list", sequence "tuple", sequence "set"

function nodes.DictNode(file, node)
  local dict, keys = values.dict(), {}
  for key in pairs(content(file, node)) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local inner = node.content[key] or node.content[tonumber(key)]
    values.put(dict, key, value_of(file, inner))
  end
  return dict
end

function nodes.DefaultDictNode(file, node) return value_of(file, content(file, node).main) end

--- An array of numbers or text in a file, or of objects in the schema; or a scalar of NumPy's.
function nodes.NdArrayNode(file, node)
  if node.type == "json" then
    local items, shape = nodes.ListNode(file, node), value_of(file, node.shape)
    shape = arrays.shape_of(file, shape)
    file:check(#shape == 1, "an array of objects with %d dimensions", #shape)
    return arrays.of_list(file, arrays.new(), arrays.dtype(file, "O"), shape, items, false)
  end
  file:check(node.type == "numpy" and type(node.file) == "string", "an array of the type %s",
    check.show(node.type))
  local array = npy.read(file, file.zip:read(node.file), file.path .. ": " .. node.file)
  local scalar = node.__class__ ~= "ndarray" and #array.shape == 0
  return scalar and arrays.item(array) or array
end

function nodes.BytesNode(file, node)
  file:check(type(node.file) == "string", "bytes without a file")
  return file.zip:read(node.file)
end

--- A class by itself, as dtype = float of an encoder.
function nodes.TypeNode(file, node)
  local class = names.find(tostring(node.__module__), tostring(node.__class__))
  return class or file:fail("it wants %s, which is none of the things that a model is made of and "
    .. "is never run", name_of(node))
end

function nodes.DTypeNode() return { kind = "class", name = "numpy.dtype" } end

function nodes.SliceNode(file, node)
  local slice, given = { kind = "slice" }, content(file, node)
  for _, name in ipairs { "start", "stop", "step" } do
    slice[name] = type(given[name]) == "number" and given[name] or values.None
  end
  return slice
end

--- The state of a generator is not used.
function nodes.RandomStateNode(_, node) return values.object(name_of(node)) end
nodes.RandomGeneratorNode = nodes.RandomStateNode

function nodes.ObjectNode(file, node)
  local full = name_of(node)
  file:check(sklearn.knows(full), "it wants %s, which is none of the things that a model is made "
    .. "of; %s", full, sklearn.advice())
  local object = values.object(full)
  local state = node.content ~= nil and value_of(file, node.content) or values.None
  if values.is(state, "dict") then object.state = state.of end
  return object
end

-- -- All of it ------------------------------------------------------------------------------------

local function data_of(zip)
  local path = zip.path
  local ok, schema = pcall(json.decode, zip:read(SCHEMA))
  check.that(ok and type(schema) == "table", "%s: %s is no JSON object", path, SCHEMA)
  check.that(schema.protocol == nil or type(schema.protocol) == "number" and schema.protocol <= 2,
    "%s: protocol %s of skops; 0 to 2 are known", path, check.show(schema.protocol))
  return value_of(setmetatable({ path = path, zip = zip, known = {}, left = zip.left }, File),
    schema)
end

--- What the file holds, as data.
---@param path string
---@return any
function reader.data(path) return archive.with(path, data_of) end

function reader.read(path, given)
  options_of(given, {}, path, "a skops file")
  return sklearn.estimator(reader.data(path), path)
end

return reader
