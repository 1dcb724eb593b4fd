--- Studies under a launcher: every rank comes to study:run, the first one leads and the others
--- serve. Registers itself with mah.sweep.teams.
local C = require "mah.base.library"
local Run = require "mah.sweep.run"
local RemotePool = require "mah.cluster.remote_pool"
local Store = require "mah.sweep.store"
local check = require "mah.base.check"
local identity = require "mah.sweep.identity"
local jobs = require "mah.sweep.jobs"
local launcher = require "mah.base.launcher"
local messages = require "mah.cluster.messages"
local ranks = require "mah.cluster.ranks"
local server = require "mah.cluster.server"
local teams = require "mah.sweep.teams"
local counted = require("mah.base.text").count

local team = {}

local number = 0 -- of studies that ran

local STATUS_OF_FAILURES = 3 -- what the program ends with after failed trials: a good end of a rank

-- -- The same study on all ranks ------------------------------------------------------------------

--- What must be the same.
local function describe(study)
  local plan, texts = study.plan, {}
  for i = 1, plan.parallel and 0 or plan.total do texts[i] = plan:propose(i).text end
  return { name = study.name, code = study.code, total = plan.total,
    plan = identity.hash(table.concat(texts, "\n")) }
end

local function compare(rank, theirs, ours)
  local what
  for _, field in ipairs { "plan", "total", "code", "name" } do
    if theirs[field] ~= ours[field] then what = field end
  end
  check.that(not what, "rank %d has come to study %q of %s, and the first rank to %q of %d: "
    .. "the %s differs, and all ranks must run the same script", rank, theirs.name,
    counted(theirs.total, "trial"),
    ours.name, ours.total, what == "plan" and "set of trials" or what)
end

-- -- The first rank -------------------------------------------------------------------------------

--- Waits for all others; how many workers each has.
local function muster(envoy, study)
  local slots, missing, ours = {}, envoy.is.size - 1, describe(study)
  while missing > 0 do
    envoy:wait(1)
    for rank, text in envoy:messages() do
      local message = messages.decode(text)
      check.that(message.op ~= "gone", "rank %d has ended its script, and the first rank is at "
        .. "study %q: all ranks must run the same one", rank, study.name)
      local is_ours = message.study == number
      check.that(not is_ours or message.op ~= "broken", "rank %d: %s", rank, message.error)
      if message.op == "ready" and is_ours then
        compare(rank, message, ours)
        slots[rank], missing = message.slots, missing - 1
      end
    end
  end
  return slots
end

--- A place for each worker, so that the first ones are of different ranks.
local function places_of(slots)
  local places, most = {}, 0
  for _, n in ipairs(slots) do most = math.max(most, n) end
  for slot = 1, most do
    for rank, n in ipairs(slots) do
      if slot <= n then places[#places + 1] = { rank = rank, slot = slot } end
    end
  end
  return places
end

local function space_of(study)
  return Store.with(study.store, "read", function(store)
    local row = store:find(study.name)
    return row and row.space
  end)
end

local function lead(envoy, study, settings, run)
  C.mah_envoy_expect(STATUS_OF_FAILURES)
  local over = { op = "finish", study = number }
  local ok, counts, signal = pcall(function()
    local places = places_of(muster(envoy, study))
    settings.pool, settings.jobs = RemotePool.new(envoy, number, places), #places
    local counts, signal = run(study, settings)
    over.rows, over.space = messages.rows(study:results()), space_of(study)
    return counts, signal
  end)
  if ok then over.counts, over.signal = counts, signal else over.error = tostring(counts) end
  local text = messages.encode(over)
  for rank = 1, envoy.is.size - 1 do envoy:send(rank, text) end
  if not ok then error(counts, 0) end
  return counts, signal
end

-- -- The others -----------------------------------------------------------------------------------

--- This rank's part of the node's workers.
local function slots_of(is, settings)
  local cores = C.mah_cores_together(is.cores, is.node_size)
  local all = jobs.count(settings.jobs, settings.threads, cores)
  local rest = is.worker < all % is.workers and 1 or 0
  return math.max(1, math.floor(all / is.workers) + rest)
end

--- What this rank says first; what keeps it from the study, too.
local function greeting(envoy, study, settings)
  local ok, message = pcall(function()
    local ready = describe(study)
    ready.op, ready.slots = "ready", slots_of(envoy.is, settings)
    Run.prepare_to_fork(settings.threads)
    check.status(C.mah_interrupt_watch(1))
    return ready
  end)
  if not ok then message = { op = "broken", error = tostring(message) } end
  message.study = number
  return message
end

local function follow(envoy, study, settings)
  local message = greeting(envoy, study, settings)
  envoy:send(0, messages.encode(message))
  if message.error then error(message.error, 0) end
  local ok, over = pcall(server.serve, envoy, number, Run.new_pool(study, settings.threads))
  C.mah_interrupt_watch(0)
  if not ok then error(over, 0) end
  if over.error then error(over.error, 0) end
  study.received = { space = over.space,
    rows = function() return messages.read_rows(over.rows) end }
  return over.counts, over.signal
end

-- -- Both -----------------------------------------------------------------------------------------

function team.is_first() return not launcher.is_other() end

function team.run(study, settings, run)
  local envoy = ranks.join()
  number = number + 1
  if envoy.is.rank == 0 then return lead(envoy, study, settings, run) end
  return follow(envoy, study, settings)
end

function teams.find() return ranks.world() and team or nil end

return team
