--- The prompt within a script: mah.prompt() opens it where it stands.
local check = require "mah.base.check"
local interactive = require "mah.base.interactive"
local terminal = require "mah.base.terminal"

local WHERE = "mah.prompt"

--- What the prompt shows when it opens: where it is, and the names that are there.
local function greeting(scope, info)
  local place = ("%s:%d"):format(info.short_src, info.currentline)
  if info.name then place = ("%s, in %s"):format(place, info.name) end
  local names = scope:names()
  return terminal.paint("dim", ("%s   Ctrl-D goes on, ? for help%s"):format(place,
    #names > 0 and "\n" .. table.concat(names, " ") or ""))
end

local function check_terminal()
  check.that(not interactive.is_worker, "%s: this process runs trials of a sweep and has no "
    .. "terminal of its own; run the trial's function by itself", WHERE)
  check.that(terminal.is_terminal(0), "%s: standard input is no terminal", WHERE)
  return check.that(package.loaded["mah.prompt.editor"],
    "%s: only the program `mah` has a prompt; run the script by it", WHERE)
end

--- Opens the prompt within a script, at the place of the call: the locals and upvalues of the
--- function that calls it are there by their names, to be read and assigned to, beside the globals.
--- When the prompt is left (Ctrl-D, exit) the script goes on, with what was assigned; os.exit()
--- ends it. In a loop it opens each time; call it where something is wrong: `if loss ~= loss then
--- mah.prompt() end`. New names that are assigned to become globals. Not as `return mah.prompt()`,
--- which leaves the function first. A script that speaks of mah.prompt runs interpreted (the core
--- does not), so that its locals have their values; in a module of one's own jit.off(true, true) at
--- its top does that.
---
--- Errors: standard input is no terminal, or the process is one that runs a sweep's trials.
---
---     -- not run: it waits for somebody at a terminal
---     local function step(lr)
---       local w = mah.ones(3) * lr
---       mah.prompt()        -- mah> lr = 0.2    mah> w    Ctrl-D
---       return w * lr
---     end
---     print(step(0.1))
return function()
  local editor, scopes = check_terminal(), require "mah.prompt.scope"
  local hold
  function hold()
    local own = {}
    local scope, info = scopes.of_caller(hold, own)
    check.that(scope, "%s: there is no function that called it", WHERE)
    require("mah.base.progress").close()
    local before, watched = scopes.use(scope), interactive.watches
    io.stdout:write(greeting(scope, info), "\n")
    editor(function() return require "mah.prompt.repl"(true, false, scope) end)
    scopes.use(before)
    interactive.watches = watched
  end
  hold()
end
