--- The short list: what a pickle may name, and what is made of it. Each constructor makes a table
--- (values.lua) of its arguments; none does anything else.
---
---     machine.read(reader, names.with { ["torch.Size"] = function(m, args) return args[1] end })
local arrays = require "mah.exchange.pickle.arrays"
local text = require "mah.exchange.pickle.text"
local values = require "mah.exchange.pickle.values"

local names = {}

-- -- What they make -------------------------------------------------------------------------------

local function make_object(_, args, class) return values.object(class.name, args) end

--- copyreg._reconstructor(class, base, state of the base): an object of the class.
local function make_of_class(m, args)
  m:check(values.is(args[1], "class"), "it makes an object of %s", values.show(args[1]))
  m:check(args[1].make, "it calls %s, which is never run", args[1].name)
  return args[1].make(m, values.list({}, 0, "tuple"), args[1])
end

--- OrderedDict(), or of a list of pairs.
local function make_dict(m, args)
  local dict, list = values.dict(), args[1]
  for i = 1, list and list.n or 0 do
    m:check(type(list[i]) == "table" and list[i].n == 2, "a dict is made of %s",
      values.show(list[i]))
    m:charge(32)
    values.put(dict, list[i][1], list[i][2])
  end
  return dict
end

local function make_list(kind)
  return function(m, args)
    local given, out = args[1], values.list({}, 0, kind)
    for i = 1, given and given.n or 0 do out[i] = given[i] end
    out.n = given and given.n or 0
    m:charge(16 * out.n)
    return out
  end
end

--- Bytes in the old protocols: _codecs.encode("...", "latin1").
local function make_bytes(m, args)
  m:check(type(args[1]) == "string" and args[2] == "latin1", "it encodes %s as %s",
    values.show(args[1]), values.show(args[2]))
  return m:check(text.to_latin1(args[1]), "a string holds what Latin-1 has not")
end

local function make_slice(_, args)
  return { kind = "slice", start = args[1], stop = args[2], step = args[3] }
end

-- -- The list -------------------------------------------------------------------------------------

local known = {
  ["_codecs.encode"] = make_bytes,
  ["copyreg._reconstructor"] = make_of_class,
  ["copyreg.__newobj__"] = make_of_class,
  ["collections.OrderedDict"] = make_dict,
  ["builtins.dict"] = make_dict,
  ["builtins.list"] = make_list "list",
  ["builtins.tuple"] = make_list "tuple",
  ["builtins.set"] = make_list "set",
  ["builtins.frozenset"] = make_list "set",
  ["builtins.slice"] = make_slice,
  -- the state of generators, which is read and not used
  ["numpy.random._pickle.__randomstate_ctor"] = make_object,
  ["numpy.random._pickle.__bit_generator_ctor"] = make_object,
  ["numpy.random._pickle.__generator_ctor"] = make_object,
  ["numpy.random.__RandomState_ctor"] = make_object,
  ["numpy.random.mtrand.RandomState"] = make_object,
}
for name, make in pairs(arrays.makers) do known[name] = make end

--- Names that stand for themselves: the dtype = float of an encoder. They are not called.
local passive = {
  ["builtins.bool"] = true, ["builtins.float"] = true, ["builtins.int"] = true,
  ["builtins.object"] = true, ["builtins.str"] = true, ["numpy.ndarray"] = true,
  ["numpy.random._mt19937.MT19937"] = true, ["numpy.random._pcg64.PCG64"] = true,
}
for type in ("bool_ float16 float32 float64 int8 int16 int32 int64 object_ str_ uint8 uint16 "
  .. "uint32 uint64 generic number integer floating character"):gmatch "%S+" do
  passive["numpy." .. type] = true
end

--- Modules that went by other names: in Python 2, in NumPy 2, in older scikit-learn.
local renamed = {
  { "^__builtin__%.", "builtins." }, { "^copy_reg%.", "copyreg." },
  { "^numpy%._core%.", "numpy.core." },
  { "^sklearn%.externals%.joblib%.", "joblib." },
}

local function canonical(module, name)
  local full = module .. "." .. name
  for _, pair in ipairs(renamed) do full = full:gsub(pair[1], pair[2]) end
  return full
end

--- A class of which objects are made.
---@param full string   its module and name
function names.class(full) return { kind = "class", name = full, make = make_object } end

--- A class by its name, nil for what is not in the list.
function names.find(module, name)
  local full = canonical(module, name)
  if known[full] then return { kind = "class", name = full, make = known[full] } end
  return passive[full] and { kind = "class", name = full } or nil
end

--- The list, and some names more: functions (m, args) -> value, or true for names that stand for
--- themselves. is_class(full): are objects made of it?
---@param more table<string, function|true>
---@param is_class (fun(full: string): boolean)|nil
---@return fun(module: string, name: string): table|nil
function names.with(more, is_class)
  return function(module, name)
    local full = canonical(module, name)
    local make = more[full]
    if make then return { kind = "class", name = full, make = make ~= true and make or nil } end
    if is_class and is_class(full) then return names.class(full) end
    return names.find(module, name)
  end
end

return names
