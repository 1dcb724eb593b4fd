--- The command line of `mah submit`, read and checked.
---
---     local o = submission.read({ "sweep.lua", "--nodes", "2" })
---     o.script, o.arguments, o.slurm.nodes, o.own["dry-run"], o.lead, o.parts, o.is_mpi
---
--- A wrong command line raises {usage = "what is wrong"}.
local array = require "mah.cluster.array"
local command = require "mah.sweep.command"
local options = require "mah.base.options"

local submission = {}

local LEAD = 120 -- seconds; Slurm looks twice a minute, and checkpoints take some

local function complain(message, ...) error({ usage = message:format(...) }, 0) end

-- -- Options --------------------------------------------------------------------------------------

local function count(o, name)
  if not o.slurm[name]:find "^[1-9]%d*$" then
    complain("--%s: a whole number >= 1 is expected, got '%s'", name, o.slurm[name])
  end
end

--- Slurm's, in the order of the script: name, letter, help, check.
submission.slurm = {
  { "job-name", "J", "NAME   default: the script's" },
  { "nodes", "N", "N      nodes; more than one, or more tasks, are ranks of MPI", function(o)
    local low, high = o.slurm.nodes:match "^(%d+)%-?(%d*)$"
    low, high = tonumber(low), tonumber(high)
    if not low or low < 1 or high and high < low then
      complain("--nodes: a number like 2, or 2-4, is expected, got '%s'", o.slurm.nodes)
    end
  end },
  { "ntasks", "n", "N      tasks", count },
  { "ntasks-per-node", nil, "N      tasks on each node", count },
  { "cpus-per-task", "c", "N      processors of each task: its trials at a time", count },
  { "mem", nil, "SIZE   memory of each node: 8G" },
  { "gres", nil, "LIST   gpu:1" },
  { "constraint", "C", "LIST   features of nodes" },
  { "time", "t", "TIME   limit: minutes, hours:minutes:seconds, days-hours", function(o)
    if not array.seconds(o.slurm.time) then
      complain("--time: minutes, minutes:seconds, hours:minutes:seconds, days-hours, "
        .. "days-hours:minutes or days-hours:minutes:seconds are expected, got '%s'", o.slurm.time)
    end
  end },
  { "partition", "p", "NAME" },
  { "account", "A", "NAME" },
  { "qos", "q", "NAME" },
  { "array", "a", "LIST   1-20: each task does a part of the sweep" },
  { "output", "o", "FILE   the job's log" },
}

--- Ours: name, help, whether it has a value.
submission.ours = {
  { "parts", "N      of an array that does only some: --parts 20 --array 3,7", true },
  { "signal", "SECONDS   before the limit, to write checkpoints; default 120", true },
  { "no-requeue", "the job does not run again after its limit", false },
  { "launcher", "NAME   mpirun or srun; default: mpirun where there is one", true },
  { "before", "TEXT   a line of shell before it: 'module load openmpi'", true },
  { "arguments", "TEXT   more arguments of the script, as they stand", true },
  { "sbatch", "TEXT   more options of sbatch; so is what comes after --", true },
  { "script", "FILE   the batch script; default: beside the script, .sbatch", true },
  { "dry-run", "only show it", false },
  { "help", "show this text", false },
}

local slurm_names, letters, our_names, names = {}, {}, {}, {}
for _, option in ipairs(submission.slurm) do
  slurm_names[option[1]], names[option[1]] = option, true
  if option[2] then letters[option[2]] = option[1] end
end
for _, option in ipairs(submission.ours) do
  our_names[option[1]], names[option[1]] = option, true
end

-- -- Words ----------------------------------------------------------------------------------------

--- The option that a word is: its name, and its value where that is joined to it.
local function option_of(word)
  local name, value = word:match "^%-%-([%w%-_]+)=(.*)$"
  name = name or word:match "^%-%-([%w%-_]+)$"
  if name then return name, value end
  local letter, rest = word:match "^%-(%a)=?(.*)$"
  if letter and letters[letter] then return letters[letter], rest ~= "" and rest or nil end
end

--- Do two names differ by one letter, or two neighbours?
local function is_slip(a, b)
  local first = 1
  while first <= math.min(#a, #b) and a:byte(first) == b:byte(first) do first = first + 1 end
  a, b = a:sub(first), b:sub(first)
  while a ~= "" and a:sub(-1) == b:sub(-1) do a, b = a:sub(1, -2), b:sub(1, -2) end
  return #a <= 1 and #b <= 1 or #a == 2 and a:reverse() == b
end

local function slip_of(name)
  for known in pairs(names) do
    if is_slip(name:gsub("_", "-"), known) then return known end
  end
end

local function complain_of_name(name, word)
  local near = options.nearest(name or word, names)
  complain("unknown option '%s'%s", word, near and ("; did you mean --%s?"):format(near) or "")
end

--- Takes a word that is the script's. After options of ours there are no more options of its own:
--- it would be a slip that the job finds hours later.
local function take_of_script(o, word, name)
  if name and not command.is_option(name) and (o.is_past or slip_of(name)) then
    local near = slip_of(name) or options.nearest(name, names)
    complain("unknown option '%s'%s. (Options of the script stand right behind its name, or in "
      .. "--arguments '...')", word, near and ("; did you mean --%s?"):format(near) or "")
  end
  o.arguments[#o.arguments + 1] = word
end

--- Takes the option, and its value from the words after it. Returns the place of the last one.
local function take_option(o, words, i, name, value)
  local ours = our_names[name]
  if ours and not ours[3] then
    if value then complain("--%s takes no value; got '%s'", name, value) end
    o.own[name] = true
    return i
  end
  if not value then
    i = i + 1
    value = words[i]
  end
  if not value or value == "" then complain("--%s needs a value", name) end
  local into = ours and o.own or o.slurm
  into[name] = value
  return i
end

local function read_words(o, words)
  local i = 1
  for _, word in ipairs(words) do
    if word:find "%c" then complain("control characters in '%s'", word:gsub("%c", "?")) end
  end
  while words[i] do
    local name, value = option_of(words[i])
    if words[i] == "--" then
      for k = i + 1, #words do o.others[#o.others + 1] = words[k] end
      return
    elseif name and names[name] then
      i = take_option(o, words, i, name, value)
      o.is_past = o.script ~= nil
    elseif o.script then
      take_of_script(o, words[i], name)
    elseif words[i]:find "^%-" then
      complain_of_name(name, words[i])
    else
      o.script = words[i]
    end
    i = i + 1
  end
end

-- -- What it means --------------------------------------------------------------------------------

--- Seconds before the limit: as asked, or 120, or a quarter of a short limit.
local function lead_of(o)
  local limit = array.seconds(o.slurm.time or "INFINITE")
  local text = o.own.signal
  local given = text and tonumber(text:match "^(%d+)$" or text:match "^B?:?USR1@(%d+)$")
  if text and not given then
    complain("--signal: seconds before the limit, like 120, or B:USR1@120, are expected, got '%s'",
      text)
  end
  if given and given >= limit then
    complain("--signal: %d s before the limit is not after the start of a job of %d s", given,
      limit)
  end
  return given or math.max(1, math.min(LEAD, math.floor(limit / 4)))
end

--- How many parts the array's script should say; nil: the environment tells.
local function parts_of(o)
  local given, list = tonumber(o.own.parts), o.slurm.array
  if o.own.parts and not (given and given >= 1 and given % 1 == 0) then
    complain("--parts: a whole number >= 1 is expected, got '%s'", o.own.parts)
  end
  if given and not list then
    o.slurm.array = "1-" .. given
    return given
  elseif not list then
    return nil
  end
  local tasks = array.read(list)
  if not tasks then complain("--array: 1-20, 3,7 or 1-9:2%%4 is expected, got '%s'", list) end
  local first, last = tasks.ids[1], tasks.ids[#tasks.ids]
  if given and (first < 1 or last > given) then
    complain("--array: the parts are 1 to %d; got '%s'", given, list)
  elseif given or first == 1 and last == #tasks.ids then
    return given or last
  elseif not tasks.is_range then
    complain("--array: of how many parts are '%s'? Add --parts N", list)
  end
end

--- Do several processes work together?
local function is_mpi(o)
  local s = o.slurm
  return tonumber((s.nodes or "1"):match "%d+$") > 1 or tonumber(s.ntasks or 1) > 1
    or tonumber(s["ntasks-per-node"] or 1) > 1
end

--- The command line, checked.
---@param words string[]
---@return {script: string, arguments: string[], slurm: table<string, string>,
---  own: table<string, string|boolean>, others: string[], lead: integer, parts: integer|nil,
---  is_mpi: boolean}   others: words for sbatch; lead: seconds
function submission.read(words)
  local o = { slurm = {}, own = {}, arguments = {}, others = {} }
  read_words(o, words)
  if o.own.help then return o end
  if not o.script then complain "there is no script to submit" end
  for name in pairs(o.slurm) do
    local check = slurm_names[name][4]
    if check then check(o, name) end
  end
  local launcher = o.own.launcher or "mpirun"
  if launcher ~= "mpirun" and launcher ~= "srun" then
    complain("--launcher: mpirun or srun is expected, got '%s'", launcher)
  end
  o.lead, o.parts, o.is_mpi = lead_of(o), parts_of(o), is_mpi(o)
  return o
end

return submission
