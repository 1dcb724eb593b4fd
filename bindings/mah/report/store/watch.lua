--- The command `mah watch`: a running sweep, as its store tells of it, until all of it has ended.
---
---     mah watch runs.db                      all studies
---     mah watch runs.db STUDY --html page.html
---
--- On a terminal one view that is drawn anew; elsewhere plain lines, at most one every ten seconds.
--- The page is replaced at once, never half-written, and loads itself anew while the sweep runs.
local C = require "mah.base.library"
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local check = require "mah.base.check"
local cut = require("mah.base.text").cut
local exit = require "mah.base.exit"
local ffi = require "ffi"
local pages = require "mah.report.store"
local progress = require "mah.base.progress"
local seen = require "mah.report.store.seen"
local terminal = require "mah.base.terminal"

local usage = [[
usage: mah watch FILE [STUDY] [options]
  FILE           a store: a file, or the address of a PostgreSQL database,
                 postgresql://user@host/name
  STUDY          only this one of its studies
  --html NEW     writes the page of `mah results --html`, again and again
  --every N      seconds between two looks; default 1
  --help         show this text
Ends when no trial waits or runs; Ctrl-C ends it before (the sweep goes on).
]]

local PLAIN_EVERY = 10 -- seconds between lines that are no live view
local PAGE_EVERY = 5 -- seconds between two pages, at least
local SHARE = 10 -- looking and writing take at most a tenth of the time

local function leave(status, message)
  local out = status == 0 and io.stdout or io.stderr
  out:write(address.clean(message))
  exit.now(status)
end

local function complain(message, ...)
  leave(2, ("mah watch: %s\n%s"):format(message:format(...), usage))
end

--- Names and options of the command line.
local function read(arguments)
  local o, i = { every = "1" }, 1
  while arguments[i] do
    local name = arguments[i]:match "^%-%-(.+)$"
    if name == "help" then leave(0, usage) end
    if name == "html" or name == "every" then
      i = i + 1
      o[name] = arguments[i] or complain("--%s needs a value", name)
    elseif name then
      complain("unknown option '--%s'", name)
    else
      o[#o + 1] = arguments[i]
    end
    i = i + 1
  end
  local every = tonumber(o.every)
  if not every or not (every > 0 and every <= 86400) then
    complain("--every: seconds are expected, more than 0 and at most a day; got '%s'", o.every)
  end
  o.every = every
  if not o[1] then leave(2, usage) end
  if o[3] then complain("unexpected '%s'", o[3]) end
  return o
end

-- -- What is shown --------------------------------------------------------------------------------

--- Writes the lines over those that it wrote before.
local function draw(view, lines)
  local columns, rows = terminal.columns(1) - 1, terminal.rows(1) - 1
  local out = { view.height > 0 and ("\27[%dA\r\27[J"):format(view.height) or "" }
  view.height = math.min(#lines, rows)
  for i = 1, view.height do out[i + 1] = cut(lines[i], columns) .. "\n" end
  io.write(table.concat(out))
  io.flush()
end

local function print_line(view, studies, is_last)
  local now, text = progress.now(), seen.line(studies)
  if text == view.text or not is_last and now - view.printed < PLAIN_EVERY then return end
  view.text, view.printed = text, now
  print(text)
  io.flush()
end

local function show(view, studies, is_last)
  if view.is_live then
    draw(view, seen.lines(studies))
  else
    print_line(view, studies, is_last)
  end
end

-- -- The page -------------------------------------------------------------------------------------

--- Writes the page where there is news and the last one is some time ago.
local function write_page(o, view, studies, is_last)
  local news, now = seen.line(studies) .. tostring(is_last), progress.now()
  if not o.html or news == view.news or not is_last and now < view.page_at then return end
  pages.write(o.html, o[1], { study = o[2], importances = view.importances,
    every = not is_last and PAGE_EVERY or nil })
  local took = progress.now() - now
  view.news, view.page_at = news, now + math.max(PAGE_EVERY, SHARE * took)
end

-- -- Watching -------------------------------------------------------------------------------------

local function look(o, view)
  return Store.with(o[1], "read", function(store) return seen.look(store, o[2], view.first) end)
end

--- A signal ends it.
local function pause(seconds)
  check.status(C.mah_worker_poll(ffi.new "uint8_t[1]", ffi.new "int32_t[1]", 0, seconds))
end

local function watch(o, view)
  while true do
    local start = progress.now()
    local studies, is_over = look(o, view)
    is_over = is_over or C.mah_interrupt_requested() ~= 0
    show(view, studies, is_over)
    write_page(o, view, studies, is_over)
    if is_over then return end
    pause(math.max(o.every, SHARE * (progress.now() - start)))
  end
end

--- Runs the command; ends the program with status 1 or 2 when it cannot, with 130 at Ctrl-C.
---@param arguments string[]
return function(arguments)
  local o = read(arguments)
  local view = { is_live = terminal.is_terminal(1) and os.getenv "TERM" ~= "dumb", height = 0,
    printed = -math.huge, page_at = -math.huge, importances = {}, first = {} }
  check.status(C.mah_interrupt_watch(1))
  local ok, problem = pcall(watch, o, view)
  local signal = C.mah_interrupt_requested() ~= 0 and C.mah_interrupt_signal() or 0
  C.mah_interrupt_clear()
  C.mah_interrupt_watch(0)
  if signal ~= 0 then exit.now(128 + signal) end
  if not ok then
    leave(1, ("mah: %s\n"):format((tostring(problem):gsub("^mah watch:%d+: ", ""))))
  end
end
