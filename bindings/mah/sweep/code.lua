--- What a function says, as a text that changes when the program changes and not when its comments
--- or spaces do: a trial that was finished by other code must run again.
---
---     code.of(trial)     --> "function ( p ) return p . x end" ...
---
--- The text holds the tokens of the function and of the Lua functions that it refers to (its local
--- helpers, modules of the user's own; not mah's and not what is global), and the plain values
--- (numbers, strings, booleans, tables of them) that they refer to as locals of the same file.
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"

local code = {}

--- Where the text of a function is when its chunk has one of these names: name -> function (f).
--- There, what a file has as its locals are globals.
code.sources = {}

-- -- Tokens ---------------------------------------------------------------------------------------

--- The end of a long bracket [[...]] or [==[...]==] that starts at `at`, or nil when none does.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at, true)
  return last or #text
end

--- The place of a quoted string's closing quote.
local function closing_quote(text, at)
  local quote, i = text:byte(at), at + 1
  while i <= #text and text:byte(i) ~= quote do
    i = i + (text:byte(i) == 92 and 2 or 1)
  end
  return math.min(i, #text)
end

--- The last place of the token at `at`; the second result is true for a comment.
local function token_end(text, at)
  if text:find("^%-%-", at) then
    return long_bracket(text, at + 2) or (text:find("\n", at, true) or #text + 1) - 1, true
  end
  if text:find("^[\"']", at) then return closing_quote(text, at) end
  local last = long_bracket(text, at)
  if last then return last end
  last = select(2, text:find("^[%w_\128-\255]+", at))
  return last or at
end

local function count_lines(text, from, to)
  local lines = 0
  for _ in text:sub(from, to):gmatch "\n" do lines = lines + 1 end
  return lines
end

--- The tokens of a program and the line of each.
---@param text string
---@return string[] tokens, integer[] lines
function code.tokens(text)
  local tokens, lines, at, line = {}, {}, 1, 1
  if text:byte() == 35 then at, line = text:find("\n", 1, true) or #text + 1, 1 end
  while at <= #text do
    local start = text:find("%S", at) or #text + 1
    line = line + count_lines(text, at, start - 1)
    if start > #text then break end
    local last, is_comment = token_end(text, start)
    if not is_comment then
      tokens[#tokens + 1], lines[#lines + 1] = text:sub(start, last), line
    end
    line = line + count_lines(text, start, last)
    at = last + 1
  end
  return tokens, lines
end

-- -- One function ---------------------------------------------------------------------------------

local opens = { ["function"] = 1, ["do"] = 1, ["if"] = 1, ["repeat"] = 1, ["end"] = -1,
  ["until"] = -1 }

--- The place of the `end` of the block that the token at `i` opens, or nil.
local function matching_end(tokens, i)
  local depth = 0
  for k = i, #tokens do
    depth = depth + (opens[tokens[k]] or 0)
    if depth == 0 then return k end
  end
end

--- The tokens of the function between two lines. Where several fit (they stand on one line), all.
local function cut(tokens, lines, first, last)
  local from, to
  for i, token in ipairs(tokens) do
    if token == "function" and lines[i] == first then
      local stop = matching_end(tokens, i)
      if stop and lines[stop] == last then from, to = from or i, math.max(to or 0, stop) end
    end
  end
  return table.concat(tokens, " ", from or 1, to or #tokens)
end

local function complain(name)
  check.raise("mah.sweep: the program text of the trial (%s) cannot be read, so changes in it "
    .. 'cannot be noticed; give the sweep a version: code = "1"', name)
end

--- The program text of a chunk, from its name.
local function text_of(source)
  local kind, name = source:sub(1, 1), source:sub(2)
  if kind == "@" then
    local file = io.open(name, "rb")
    local text = file and file:read "*a"
    if file then file:close() end
    return text or complain("'" .. name .. "'")
  elseif source == "=(command line)" and rawget(_G, "arg") then
    local list = {}
    for i = 1, #_G.arg do list[i] = _G.arg[i] end
    for i = 0, -10, -1 do table.insert(list, 1, _G.arg[i]) end
    return table.concat(list, "\n")
  elseif kind == "=" then
    complain(name)
  end
  return source
end

--- The function's tokens, as a text.
local function body(f, cache)
  local info = debug.getinfo(f, "S")
  local lookup = code.sources[info.source]
  local text = lookup and (lookup(f) or complain(info.short_src))
  local known = cache[text or info.source]
  if not known then
    known = { code.tokens(text or text_of(info.source)) }
    cache[text or info.source] = known
  end
  return cut(known[1], known[2], info.linedefined, info.lastlinedefined)
end

-- -- What it refers to ----------------------------------------------------------------------------

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

local MOST_DEEP = 1000 -- tables and functions in one another

local visit

local function visit_table(walk, name, t, is_home)
  if walk.seen[t] or getmetatable(t) ~= nil then return end
  walk.seen[t] = true
  local text = canonical.encode(t)
  if text then
    if is_home then walk.out[#walk.out + 1] = name .. " = " .. text end
    return
  end
  for _, key in ipairs(sorted_keys(t)) do
    visit(walk, name .. "." .. key, rawget(t, key), is_home)
  end
end

--- The globals that a function names, without those that are LuaJIT's or a module.
local function visit_globals(walk, text)
  for before, name in (" " .. text):gmatch "(%S*) %f[%w_]([%a_][%w_]*)" do
    local value = before ~= "." and before ~= ":" and rawget(_G, name) or nil
    if value ~= nil and value ~= package.loaded[name] and value ~= _G then
      visit(walk, name, value, true)
    end
  end
end

local function visit_function(walk, f)
  local info = debug.getinfo(f, "S")
  if walk.seen[f] or not check.is_outside(info) then return end
  walk.seen[f] = true
  local text = body(f, walk.cache)
  walk.out[#walk.out + 1] = text
  if code.sources[info.source] then visit_globals(walk, text) end
  local is_home = info.source == walk.home
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    visit(walk, name, value, is_home)
  end
end

--- In what lies deeper nobody looks for changes: it would take all of Lua's stack.
local function visit_inner(walk, name, value, is_home)
  check.that(walk.depth < MOST_DEEP, 'mah.sweep: what the trial uses is nested too deeply (%s); '
    .. 'give the sweep a version: code = "1"', check.short_path(name))
  walk.depth = walk.depth + 1
  if type(value) == "function" then
    visit_function(walk, value)
  else
    visit_table(walk, name, value, is_home)
  end
  walk.depth = walk.depth - 1
end

function visit(walk, name, value, is_home)
  local kind = type(value)
  if kind == "function" or kind == "table" then return visit_inner(walk, name, value, is_home) end
  local text = is_home and kind ~= "nil" and canonical.encode(value)
  if text then walk.out[#walk.out + 1] = name .. " = " .. text end
end

--- The text for a function.
---@param f function
---@return string
function code.of(f)
  local info = debug.getinfo(f, "S")
  local walk = { out = {}, seen = {}, cache = {}, home = info.source, depth = 0 }
  if check.is_outside(info) then visit_function(walk, f) else walk.out[1] = info.source end
  return table.concat(walk.out, "\n")
end

return code
