--- Who uses whom, and what of it goes against the order of the rooms: includes in C, requires in
--- Lua (those inside of functions too).
---
---     local layers = require "layers"
---     layers.violations { ["core/base/a.c"] = '#include "tensor/b.h"', ["core/tensor/b.h"] = "" }
---     --> { "core/base/a.c uses core/tensor/b.h: base is below tensor" }
local layers = {}

--- A room may use itself and those before it. Both floors, C and Lua, have the same ones.
layers.wings = { "base", "tensor", "data", "grad", "learn", "draw", "sweep", "prepare", "exchange",
  "cluster", "report", "docs", "prompt" }

--- Storeys of a room in C, from the bottom: core/learn/model/ to core/learn/ itself, and
--- core/data/table/ under core/data/.
layers.storeys = { model = 1, kernels = 2, drive = 3, table = 3, [""] = 4 }

--- Headers of enums, tables, types and inline arithmetic: the storeys below look at them too. They
--- count as files of their own, apart from the .c that has their name.
layers.contracts = {
  ["core/abi.h"] = "the sizes of all structs, in the include of everything",
  ["core/base/bits.h"] = "inline arithmetic",
  ["core/base/philox.h"] = "inline arithmetic",
  ["core/base/simd.h"] = "how kernels are named",
  ["core/grad/backward.h"] = "the list of operations",
  ["core/tensor/apply.h"] = "the type of a kernel for a row",
  ["core/tensor/copy.h"] = "the type of a conversion of a row",
  ["core/tensor/elementwise.h"] = "the list of operations",
  ["core/tensor/half.h"] = "inline arithmetic",
  ["core/tensor/vector_math.h"] = "inline arithmetic",
}

--- Modules that require others by a name that is computed.
layers.computed = {
  ["bindings/mah/base/loading.lua"] = "what others name",
  ["bindings/mah/docs/annotations.lua"] = "what a comment names as the source of a list",
  ["bindings/mah/exchange/load.lua"] = "its list of readers, all of the same wing",
  ["bindings/mah/tensor/type.lua"] = "its list of files, all of the same wing",
}

local wing_rank = {}
for i, wing in ipairs(layers.wings) do wing_rank[wing] = i end

-- -- Places ---------------------------------------------------------------------------------------

--- Where a file lies: its floor (core, lua, facade, program, user), its wing and storey.
local function place_of(path)
  local wing, rest = path:match "^core/([^/]+)/(.+)$"
  if wing then return { floor = "core", wing = wing, storey = rest:match "^(.-)/" or "" } end
  wing = path:match "^bindings/mah/([^/]+)/"
  if wing then return { floor = "lua", wing = wing, storey = "" } end
  if path == "bindings/mah/init.lua" or path:find "^core/" then return { floor = "facade" } end
  return { floor = path:find "^bindings/" and "program" or "user" }
end

--- What is wrong when `from` uses `to`; nil when nothing is.
local function complaint(from, to)
  local a, b = place_of(from), place_of(to)
  if a.floor == "user" then
    return to:find "^bindings/mah/." and b.floor ~= "facade" and "scripts only require \"mah\""
  end
  if not a.wing then return b.floor == "user" and "the program is below scripts" end
  local shows_mah = a.floor == "lua" and (a.wing == "prompt" or a.wing == "docs")
  if b.floor == "facade" and shows_mah then return nil end
  if not b.wing then return a.wing .. " is below what holds everything" end
  local mine, other = wing_rank[a.wing], wing_rank[b.wing]
  if mine < other then return ("%s is below %s"):format(a.wing, b.wing) end
  if mine > other or layers.contracts[to] then return nil end
  if layers.storeys[a.storey] < layers.storeys[b.storey] then
    return ("%s/ is below %s/"):format(a.wing .. "/" .. a.storey,
      (a.wing .. "/" .. b.storey):gsub("/$", ""))
  end
end

--- Is the room, and its storey, one that we know?
local function unknown_room(path)
  local place = place_of(path)
  if place.wing and not wing_rank[place.wing] then
    return ("%s lies in '%s', which is none of the rooms"):format(path, place.wing)
  elseif place.storey and not layers.storeys[place.storey] then
    return ("%s lies in '%s', which is none of the storeys"):format(path, place.storey)
  end
end

-- -- Who uses whom --------------------------------------------------------------------------------

--- The path without its ./, // and folder/../
local function plain_path(path)
  local parts = {}
  for part in path:gmatch "[^/]+" do
    if part == ".." and parts[1] then
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

local function without_c_comments(text)
  return (text:gsub("\\\n", " "):gsub("/%*.-%*/", " "))
end

--- The files that a file in C includes, in quotes or angle brackets, and the names in quotes that
--- are no file.
local function includes(path, text, sources)
  local found, lost = {}, {}
  for line in ("\n" .. without_c_comments(text)):gmatch "\n[ \t]*#[ \t]*include([^\n]*)" do
    local name = line:match '^[ \t]*["<]([^">]+)[">]'
    local beside, below = plain_path(path:match "^(.*/)" .. (name or "")),
      plain_path("core/" .. (name or ""))
    local file = name and (sources[beside] and beside or sources[below] and below)
    if file then
      found[#found + 1] = file
    elseif not line:find "^[ \t]*<" then
      lost[#lost + 1] = line:match "^%s*(.-)%s*$"
    end
  end
  return found, lost
end

local function without_comments(text)
  return (text:gsub("%-%-%[(=*)%[.-%]%1%]", ""):gsub("%-%-[^\n]*", ""))
end

--- The name behind the word require, if it is written out there.
local function name_in(text)
  local name, rest = text:match "^[%s(,]*[\"']([%w_.]+)[\"'](.*)"
  if not name then name, rest = text:match "^[%s(,]*%[=*%[([%w_.]+)%]=*%](.*)" end
  return name and not rest:find "^%s*%.%." and name or nil
end

--- The files that a file in Lua requires, and what follows a require whose name is not to be read.
local function requires(_, text, sources)
  local found, lost = {}, {}
  for _, rest in without_comments(text):gmatch "%f[%w_]require%f[^%w_]()([^\n]*\n?[^\n]*)" do
    local name = name_in(rest)
    local file = name and "bindings/" .. name:gsub("%.", "/")
    file = file and (sources[file .. ".lua"] and file .. ".lua" or file .. "/init.lua")
    if file and sources[file] then found[#found + 1] = file end
    if not name then lost[#lost + 1] = "require" .. rest:match "^[^\n]*" end
  end
  return found, lost
end

--- {[path] = the files that it uses}, and {[path] = what it uses by other names}
local function uses_of(sources)
  local uses, lost = {}, {}
  for path, text in pairs(sources) do
    local read = path:find "%.lua$" and requires or includes
    uses[path], lost[path] = read(path, text, sources)
  end
  return uses, lost
end

-- -- Circles --------------------------------------------------------------------------------------

--- A .c and its header are one; a contract is one by itself.
local function unit_of(path) return layers.contracts[path] and path or path:gsub("%.[ch]$", "") end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function units_of(uses)
  local units = {}
  for path, list in pairs(uses) do
    local unit = unit_of(path)
    units[unit] = units[unit] or {}
    for _, other in ipairs(list) do
      if unit_of(other) ~= unit then units[unit][unit_of(other)] = true end
    end
  end
  return units
end

--- One line for each edge that closes a circle on a walk in depth.
local function circles(uses)
  local units, state, trail, found = units_of(uses), {}, {}, {}
  local function walk(unit)
    state[unit], trail[#trail + 1] = "open", unit
    for _, other in ipairs(sorted_keys(units[unit])) do
      if state[other] == "open" then
        local first = #trail
        while trail[first] ~= other do first = first - 1 end
        found[#found + 1] = "circle: " .. table.concat(trail, " -> ", first) .. " -> " .. other
      elseif not state[other] then
        walk(other)
      end
    end
    state[unit], trail[#trail] = "done", nil
  end
  for _, unit in ipairs(sorted_keys(units)) do
    if not state[unit] then walk(unit) end
  end
  return found
end

-- -- All of it ------------------------------------------------------------------------------------

--- What goes upward or in a circle, as sentences, sorted.
---@param sources table<string, string>   the text of each file under its path in the checkout
---@return string[]
function layers.violations(sources)
  local found = {}
  local uses, lost = uses_of(sources)
  for path, text in pairs(sources) do
    local unknown = unknown_room(path)
    if unknown then return { unknown } end
    local is_lua = text:find "#%s*include%s*<lua%w*%.h>" or text:find "#%s*include%s*<lauxlib%.h>"
    if path:find "^core/" and is_lua then
      found[#found + 1] = path .. " includes Lua: the core knows nothing of it"
    end
  end
  for path, list in pairs(uses) do
    for _, other in ipairs(list) do
      local why = complaint(path, other)
      if why then found[#found + 1] = ("%s uses %s: %s"):format(path, other, why) end
    end
  end
  for path, list in pairs(lost) do
    for _, what in ipairs(place_of(path).wing and not layers.computed[path] and list or {}) do
      found[#found + 1] = ("%s: what is used here? %s"):format(path, what)
    end
  end
  for _, circle in ipairs(circles(uses)) do found[#found + 1] = circle end
  table.sort(found)
  return found
end

--- The files of the checkout at `root`, a path with a slash at its end.
function layers.read(root)
  local sources = {}
  local list = assert(io.popen(("cd '%s' && find core bindings scripts examples -name '*.[ch]' "
    .. "-o -name '*.lua'"):format(root)))
  for path in list:lines() do
    local file = assert(io.open(root .. path))
    sources[path] = file:read "*a"
    file:close()
  end
  list:close()
  return sources
end

return layers
