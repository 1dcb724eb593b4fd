--- A study whose results are read without its trial: those of a script that has changed since, of
--- another machine, at the prompt.
---
---     mah.sweep{name = "kept", store = "kept.db", grid = {a = {1, 2}},
---       trial = function(p) return {test = p.a} end}:run{jobs = 1, quiet = true}
---     print(mah.sweep.open("kept.db"):best("test").params.a)  --> 2
local Questions = require "mah.sweep.questions"
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local check = require "mah.base.check"
local class = require "mah.base.class"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"

local Opened = class.new("a study", "study", "plan", Questions)

local rules = options.declare("mah.sweep.open", {
  all = { false, "boolean", nil, "also the trials of earlier code" },
})

--- Opens a study of a store for reading: it has the methods results, table, best, summary, plot,
--- importances, pareto_front and hypervolume of what mah.sweep makes, and no run. It shows the
--- trials of the code that ran last.
---
---     local study = mah.sweep{name = "opened", store = "opened.db", grid = {a = {1, 2}},
---       trial = function(p) return {test = p.a} end}
---     study:run{jobs = 1, quiet = true}
---     local again = mah.sweep.open("opened.db", "opened")
---     print(#again:results(), again:best("test").params.a)  --> 2 2
---@param path string   of a file, or an address
---@param name string|nil   may be left out when the store has one study
---@param given {all: boolean|nil}|nil
---@return study
function Opened.open(path, name, given)
  local o = options(given, rules, "mah.sweep.open")
  check.that(name == nil or type(name) == "string",
    "mah.sweep.open: the name of a study is expected, got %s", check.show(name))
  local row = Store.with(path, "read", function(store)
    local studies = store:studies()
    check.that(name or #studies == 1, "mah.sweep.open: which study of '%s'? There are %d; "
      .. "`mah results %s` lists them", address.shown(path), #studies, address.shown(path))
    return store:need(name or studies[1].name)
  end)
  return setmetatable({ name = row.name, store = path, all = o.all,
    o = objective.of_row(row) }, Opened)
end

function Opened:__tostring()
  return ("study %q in '%s'"):format(self.name, address.shown(self.store))
end

--- The trials in order, whatever became of them, as they are in the store now.
---@return trial[]
function Opened:results()
  return Store.with(self.store, "read", function(store)
    return store:trials_with_curves(store:need(self.name), self.all)
  end)
end

--- There is nothing to run.
function Opened:run()
  check.raise("study %q was opened for reading, without its trial; the script that has it runs it",
    self.name)
end

return Opened
