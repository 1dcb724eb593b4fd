--- The texts of Mah's own modules, which hold their documentation: inside the program, or as files
--- when a stock luajit runs installed modules.
---
---     local sources = require "mah.docs.sources"
---     print(#sources.names(), sources.text "mah.learn.train")
local ffi = require "ffi"
local glob = require "mah.base.glob"

pcall(ffi.cdef, [[
typedef struct mah_module { const char *name, *chunk, *text; size_t size; } mah_module;
extern const mah_module mah_modules[];
]])

local sources = {}

local texts -- name -> {chunk =, read = function}

local function embedded()
  local list, found, i = ffi.C.mah_modules, {}, 0
  while list[i].name ~= nil do
    local module = list[i]
    found[ffi.string(module.name)] = {
      chunk = ffi.string(module.chunk),
      read = function() return ffi.string(module.text, module.size) end,
    }
    i = i + 1
  end
  return found
end

local function read_file(path)
  local handle = assert(io.open(path))
  local text = handle:read "*a"
  handle:close()
  return text
end

local function installed()
  local found = {}
  local root = debug.getinfo(1, "S").source:match "^@(.*)docs/sources%.lua$"
  local function add(folder)
    for _, path in ipairs(glob.matching(folder)) do
      if path:sub(-1) == "/" then
        add(path)
      elseif path:sub(-4) == ".lua" then
        local name = ("mah/" .. path:sub(#root + 1, -5)):gsub("/init$", ""):gsub("/", ".")
        found[name] = { chunk = "@" .. path, read = function() return read_file(path) end }
      end
    end
  end
  add(root)
  return found
end

local function all()
  if not texts then
    local ok, found = pcall(embedded)
    texts = ok and found or installed()
  end
  return texts
end

--- The modules' names, sorted; without the declarations, which the build makes.
---@return string[]
function sources.names()
  local names = {}
  for name in pairs(all()) do
    if name ~= "mah.base.declarations" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- A module's text, or nil.
---@param name string
---@return string|nil
function sources.text(name)
  local module = all()[name]
  return module and module.read()
end

--- The source that debug.getinfo gives for the module's functions.
---@param name string
---@return string|nil
function sources.chunk(name)
  local module = all()[name]
  return module and module.chunk
end

return sources
