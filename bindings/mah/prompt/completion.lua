--- `mah --complete WORD...`: what the last word of a command line may become. The completions of
--- bash, zsh and fish (scripts/package/completions) ask for nothing else; options and commands are
--- those of the help texts.
---
---     mah --complete results runs.db --ba        (the words behind `mah`; the last may be empty)
---     --> --best	the trial with the best NAME
---
--- A line is a candidate, with a description behind a tab; or it leaves files to the shell:
--- "/files", "/files lua" (of that ending, and folders), "/folders".
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local places = require "mah.base.places"
local shell = require "mah.base.shell"

--- What cannot be read in the help.
local values = {
  ["--goal"] = { "max", "min" }, ["--launcher"] = { "mpirun", "srun" },
  ["--copy"] = { "/folders" }, ["--html"] = { "/files" }, ["--optuna"] = { "/files sqlite" },
  ["--script"] = { "/files" }, ["--output"] = { "/files" }, ["--doc"] = { "--html", "/folders" },
}

-- -- Help texts -----------------------------------------------------------------------------------

--- Options of a help text: {"--best", takes = true, help = "the trial ..."} each.
local function options_of(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    local left, help = line:match "^%s+(%-.-)%s%s+(.*)$"
    left, help = left or line:match "^%s+(%-[^%s].*)$" or "", help or ""
    local value = left:match " (%u+)" or ""
    for name in left:gmatch "%-%-?[%a][%w-]*=?" do
      list[#list + 1] = { name, takes = value ~= "", help = help }
    end
  end
  return list
end

--- The help of the program, or of one of its commands.
local function help_of(...)
  local words = { places.program(), ... }
  words[#words + 1] = "--help"
  return (shell.run(shell.words(words)))
end

local function commands_of(text)
  local list = {}
  for line in text:match "commands[^\n]*\n(.-)options:":gmatch "[^\n]+" do
    local name, help = line:match "^  (%l+) +%S.-  +(.*)"
    list[#list + 1] = { name, help = help }
  end
  return list
end

-- -- Names ----------------------------------------------------------------------------------------

--- Parts of mah, and behind "plot." what such a part has.
local function names(word)
  local mah, list = require "mah", {}
  local part = word:match "^([%w_]+)%."
  if not part then
    for _, name in ipairs((getmetatable(mah).names())) do list[#list + 1] = { name } end
    return list
  end
  local ok, value = pcall(function() return mah[part] end)
  for name in pairs(ok and type(value) == "table" and value or {}) do
    list[#list + 1] = { ("%s.%s"):format(part, name) }
  end
  return list
end

local function examples()
  local list = {}
  for line in shell.run(shell.words { places.program(), "examples" }):gmatch "[^\n]+" do
    local name, help = line:match "^  (%S*_%S+)  +(.*)$"
    if name then list[#list + 1] = { name, help = help } end
  end
  return list
end

--- Those of a file; a database may be far away.
local function studies(path)
  if address.is(path) then return {} end
  local ok, found = pcall(Store.with, path, "read", function(store) return store:studies() end)
  local list = {}
  for i, study in ipairs(ok and found or {}) do list[i] = { study.name } end
  return list
end

-- -- What may come --------------------------------------------------------------------------------

--- What a command's n-th argument may be: `given` are those before it.
local arguments = {
  help = function(n, _, word, commands)
    if n > 1 then return {} end
    local list = names(word)
    for _, command in ipairs(commands) do list[#list + 1] = command end
    return list
  end,
  examples = function(n) return n == 1 and examples() or { { "/files" } } end,
  results = function(n, given)
    local merge = { "merge", help = "puts the parts of a study together" }
    if n == 1 then return { merge, { "/files" } } end
    return n == 2 and given[1] ~= "merge" and studies(given[1]) or { { "/files" } }
  end,
  watch = function(n, given)
    return n == 1 and { { "/files" } } or n == 2 and studies(given[1]) or {}
  end,
  submit = function(n) return { { n == 1 and "/files lua" or "/files" } } end,
  classify = function() return { { "/files" } } end,
}

--- The values that the last option of `words` takes, or nil where it takes none.
local function values_of(option, list)
  for _, known in ipairs(list) do
    if known[1] == option and known.takes then
      local found = {}
      for i, value in ipairs(values[option] or {}) do found[i] = { value } end
      return found
    end
  end
end

--- Arguments that are no options and no values of options, from place `from` on.
local function plain(words, from, list)
  local found = {}
  for i = from, #words - 1 do
    if not words[i]:find "^%-." and not (i > from and values_of(words[i - 1], list)) then
      found[#found + 1] = words[i]
    end
  end
  return found
end

--- The place of the script or command, which ends the program's own options; or that of the last
--- word.
local function end_of_options(words, list)
  local i = 1
  while i < #words do
    if words[i] == "--doc" and words[i + 1] == "--html" then i = i + 1 end
    if not words[i]:find "^%-." then return i end
    if words[i] == "--" then return i + 1 end
    i = i + (values_of(words[i], list) and 2 or 1)
  end
  return #words
end

local function at_start(words, own, commands)
  local word, before = words[#words], words[#words - 1]
  if word:find "^%-%-color=" then
    return { { "--color=always" }, { "--color=never" }, { "--color=auto" } }
  end
  local value = before and values_of(before == "--html" and "--doc" or before, own)
  if value or word:find "^%-" then return value or own end
  local list = { { "/files lua" } }
  for _, command in ipairs(commands) do list[#list + 1] = command end
  return list
end

--- {name, help =} of all that may come.
local function candidates(words)
  local text = help_of()
  local own, commands = options_of(text:match "options:.*"), commands_of(text)
  local at = end_of_options(words, own)
  local command = words[at]
  if at >= #words then return at_start(words, own, commands) end
  if not arguments[command] then return { { "/files" } } end
  local list = options_of(help_of(command))
  local value = at < #words - 1 and values_of(words[#words - 1], list)
  if value or words[#words]:find "^%-" then return value or list end
  local given = plain(words, at + 1, list)
  return arguments[command](#given + 1, given, words[#words], commands)
end

--- Prints those that begin like the last word, each once.
---@param words string[]
return function(words)
  local list, word, seen = { unpack(words) }, words[#words] or "", {}
  if #list == 0 then list[1] = "" end
  for _, candidate in ipairs(candidates(list)) do
    local name, help = candidate[1], candidate.help or ""
    if (name:find "^/" or name:sub(1, #word) == word) and not seen[name] then
      seen[name] = true
      print(help ~= "" and name .. "\t" .. help or name)
    end
  end
end
