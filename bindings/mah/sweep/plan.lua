--- The trials of a study, in order: all known from the start (grid, list, random, sobol), or
--- proposed one after the other from results (tpe).
---
---     local plan = plans.new(o)              -- o: the options of mah.sweep
---     plan.total, plan.parallel, plan:propose(7, finished)
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local domain = require "mah.sweep.domain"
local identity = require "mah.sweep.identity"
local search = require "mah.sweep.search"
local space = require "mah.sweep.space"

local plans = {}

local Plan = {}
Plan.__index = Plan

local ATTEMPTS = 50 -- to find what was not tried before, in a space that may have been used up

-- -- Which one is asked for -----------------------------------------------------------------------

local kinds = { "grid", "random", "sobol", "trials", "space" }

local function kind_of(o)
  local found
  for _, kind in ipairs(kinds) do
    check.that(not (found and o[kind]), "mah.sweep: either %s or %s", tostring(found), kind)
    if o[kind] then found = kind end
  end
  check.that(found, "mah.sweep: grid, random, sobol, trials or space is missing")
  check.that((found == "space") == (o.search ~= nil), "mah.sweep: space goes together with search")
  check.that((found == "random" or found == "sobol") == (o.n ~= nil),
    "mah.sweep: n, the number of trials, goes together with random and sobol")
  return found
end

--- The grid of a table or function, or those of a list of them, one after the other.
local function grid_of(given, note)
  local parts = (type(given) == "function" or given[1] == nil) and { given } or given
  local list = {}
  for _, part in ipairs(parts) do
    for _, params in ipairs(space.grid(space.noted(part, note))) do list[#list + 1] = params end
  end
  return list
end

--- The same parameters twice are one trial.
local function without_repetition(list)
  local seen, result = {}, {}
  for _, params in ipairs(list) do
    local text = identity.encode(params)
    if not seen[text] then
      seen[text] = true
      result[#result + 1] = { params = params, text = text }
    end
  end
  return result
end

-- -- Proposing ------------------------------------------------------------------------------------

--- The parameters of trial i, such that no earlier trial had them if that can be.
---@param i integer
---@param finished table[]|nil   for a search that learns: what it may learn from
---@return {params: table, text: string}
function Plan:propose(i, finished)
  if self.list[i] then return self.list[i] end
  local params, text
  for attempt = 1, ATTEMPTS do
    params = self.next(i, finished, attempt)
    text = identity.encode(params)
    if not self.seen[text] then break end
  end
  self.list[i], self.seen[text] = { params = params, text = text }, true
  return self.list[i]
end

--- Makes parameters that were proposed in an earlier run those of trial i.
---@param i integer
---@param params table
---@return {params: table, text: string}
function Plan:adopt(i, params)
  local text = identity.encode(params)
  self.list[i], self.seen[text] = { params = params, text = text }, true
  return self.list[i]
end

--- All that a search without results proposes; fewer than asked for when the space is used up.
local function list_of_search(plan)
  local params = {}
  for i = 1, plan.total do params[i] = plan:propose(i).params end
  return without_repetition(params)
end

local function search_of(o, kind)
  if kind ~= "space" then return search[kind] { trials = o.n, seed = o.seed } end
  local s = o.search
  check.that(type(s.trials) == "number" and type(s.start) == "function",
    "mah.sweep: search must be one of mah.search.random{}, sobol{}, tpe{} and cmaes{}, or a table "
    .. "with trials and start(space)")
  check.that(not (s.parallel and type(o.of) == "table") or s.several, "mah.sweep: %s judges one "
    .. "result, and of names %d; random, sobol, grid and tpe can do with several",
    s.name and "mah.search." .. s.name or "this search (it does not say several = true)",
    type(o.of) == "table" and #o.of or 0)
  return s
end

--- The plan that the options of mah.sweep ask for.
---@param o table
---@return table plan   total; parallel (nil: nothing depends on results); list (known trials);
---  spaces (what each parameter may be, see mah.sweep.domain), has_news (they have changed)
function plans.new(o)
  local kind = kind_of(o)
  local plan = setmetatable({ kind = kind, list = {}, seen = {}, spaces = {} }, Plan)
  local function note(name, distribution)
    if domain.add(plan.spaces, name, distribution) then plan.has_news = true end
  end
  if kind == "grid" or kind == "trials" then
    plan.list = without_repetition(kind == "grid" and grid_of(o.grid, note) or o.trials)
  else
    local s = search_of(o, kind)
    plan.next, plan.total, plan.parallel = s.start(space.noted(o[kind], note)), s.trials, s.parallel
    if not plan.parallel then plan.list = list_of_search(plan) end
  end
  plan.total = plan.parallel and plan.total or #plan.list
  check.that(plan.total > 0, "mah.sweep: there is no trial in %s", kind)
  return plan
end

--- The names of parameters that differ between the known trials, in order.
---@param list {params: table}[]
---@return string[]
function plans.varying(list)
  local first, varies, names = {}, {}, {}
  for _, trial in ipairs(list) do
    for name, value in pairs(trial.params) do
      local text = canonical.encode(value)
      if first[name] == nil then first[name] = text end
      varies[name] = varies[name] or first[name] ~= text or false
    end
  end
  for name in pairs(varies) do
    if varies[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return plans
