--- Processes that run a study together. What can start some registers itself here: the sweep's wing
--- knows none (mah.cluster.sweeps does, where a launcher has started ranks).
---
---     function teams.find() return team end      -- or nil: this process is alone
---
--- A team has
---   run(study, settings, lead)   runs the study with the others, each of which calls it. In one
---                                of them it calls lead(study, settings), with settings.jobs and
---                                settings.pool set, which alone writes the store. Returns the
---                                counts and the signal, or nil, that lead returned there
---   is_first()                   is this the process that prints, and whose exit status counts?
local teams = {}

---@return {run: function, is_first: (fun(): boolean)}|nil
function teams.find() return nil end

return teams
