--- Warnings on stderr, at the caller's line, each text once.
---
---     warn("MLPClassifier: %s is ignored by the solver %s", "momentum", "adam")
---     mah.warnings(false)          -- no more of them
local check = require "mah.base.check"
local progress = require "mah.base.progress"
local printable = require("mah.base.text").printable

local warn = { on = true, said = {} }

--- Where a warning goes: to stderr, unless somebody collects them.
---@param where string   "script.lua:12: "
---@param text string
function warn.to(where, text)
  progress.close()
  io.stderr:write(where, "warning: ", text, "\n")
end

--- Turns warnings on stderr on or off. They are on at first, and each text is said once.
---
---     local set = mah.data.make_moons { n_samples = 40, random_state = 1 }
---     local clf = mah.MLPClassifier { max_iter = 2, random_state = 1 }
---     mah.warnings(false) -- that two iterations are not enough
---     clf:fit(set.x, set.y)
---     mah.warnings(true)
---     print(clf.n_iter_)   --> 2
---@param on boolean
function warn.warnings(on) warn.on = on ~= false end

return setmetatable(warn, {
  __call = function(_, message, ...)
    local text = printable(message:format(...))
    if not warn.on or warn.said[text] then return end
    warn.said[text] = true
    warn.to(check.where(), text)
  end,
})
