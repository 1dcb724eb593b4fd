--- The command `mah results`, with its pages: mah.sweep.results does all but --html.
local pages = require "mah.report.store"
local results = require "mah.sweep.results"
local text = require "mah.base.text"

--- mah results FILE [STUDY] --html page.html
local function write_page(o)
  local done = pages.write(o.html, o[1], { study = o[2], all = o.all })
  print(("%s of %s written to '%s'; in full in '%s'%s"):format(text.count(done.trials, "trial"),
    text.count(done.studies, "study", "studies"), o.html, done.trials_csv,
    done.curves_csv and (" and '%s'"):format(done.curves_csv) or ""))
end

--- Runs the command; ends the program with status 1 or 2 when it cannot.
---@param arguments string[]
return function(arguments) results(arguments, write_page) end
