--- Damaged files for mah.load, one after the other: it must refuse each, in a string with the
--- caller's position and the file's name, or give something that can be used; within seconds, and
--- with no more memory than the file promises. models.lua and exchange.lua say which files.
local mah = require "mah"

local MOST_BYTES, MOST_SECONDS, MOST_FAILURES = 64e6, 5, 20

local loads = {}

--- The script's arguments, [files = 3000] [seed = the time] ["trace"], as {count, seed, trace};
--- others end the process. Draws random numbers from the seed on, and prints it.
---@param script string   "models.lua"
---@param what string     "damaged models"
function loads.start(script, what)
  local count, seed = tonumber(arg[1] or 3000), tonumber(arg[2] or os.time())
  local trace = arg[3] == "trace"
  if not count or not seed or arg[3] and not trace then
    io.stderr:write("usage: mah ", script, " [files] [seed] [trace]\n")
    os.exit(2)
  end
  print(("%s: %d, seed %d"):format(what, count, seed))
  math.randomseed(seed)
  mah.manual_seed(seed % 2 ^ 32)
  mah.warnings(false)
  return { count = count, seed = seed, trace = trace }
end

--- What is wrong with an error, or nil.
---@param problem any
---@param path string|nil   that it must name
function loads.fault(problem, path)
  if type(problem) ~= "string" then return "the error is a " .. type(problem) end
  if problem:find "^%[mah%]" or problem:find("[mah]/", 1, true) then
    return "an error inside of mah: " .. problem
  end
  if problem:find "attempt to " then return "an internal error: " .. problem end
  if path and not problem:find(path, 1, true) then return "the file is not named: " .. problem end
end

--- Writes and tries so many files, prints what happened, and ends the process. Each kind of fault
--- is told once.
---@param given {count: integer, trace: boolean}
---@param write fun(): string   writes the next file; what was done to it
---@param try fun(): string, string|nil   "refused" or "loaded", and what is wrong
---@param clean fun()           at the end
---@param failures integer|nil  that there are already
function loads.run(given, write, try, clean, failures)
  local counts, seen, base = { refused = 0, loaded = 0 }, {}, select(2, mah.memory())
  failures = failures or 0
  for i = 1, given.count do
    local said = write()
    if given.trace then io.stderr:write(i, ": ", said, "\n") end
    local start = os.clock()
    local what, wrong = try()
    counts[what] = counts[what] + 1
    if os.clock() - start > MOST_SECONDS then wrong = "it takes too long" end
    local peak = select(2, mah.memory())
    if peak - base > MOST_BYTES then wrong, base = ("%.0f bytes were taken"):format(peak), peak end
    local kind = wrong and wrong:gsub("%d+", "")
    if wrong and not seen[kind] then
      seen[kind], failures = true, failures + 1
      io.stderr:write(("FAILED file %d (%s): %s\n"):format(i, said, wrong))
      if failures >= MOST_FAILURES then break end
    end
  end
  clean()
  print(("%d refused, %d loaded, %d failed"):format(counts.refused, counts.loaded, failures))
  os.exit(failures == 0 and 0 or 1)
end

return loads
