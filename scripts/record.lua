--- How far a plain multi-layer perceptron goes: trains one by a preset and reports what it reaches.
--- A part of the training images chooses everything; the test images are looked at in the end.
---
---     mah scripts/record.lua --preset minutes
---     mah scripts/record.lua --preset half-hour --no-augment --seeds 1,2,3
---     mah scripts/record.lua --data pictures          -- pictures/train/CLASS/*.png, pictures/test
---
--- Killed, and called again, it goes on where it was. The parts are in scripts/record.
local folder = arg[0]:match "^(.*/)" or "./"
package.path = folder .. "?.lua;" .. folder .. "studies/?.lua;" .. package.path

local mah = require "mah"
local command_line = require "common.command_line"
local images = require "record.images"
local judging = require "record.judging"
local page = require "record.page"
local presets = require "record.presets"
local training = require "record.training"

local rules = {
  preset = { "minutes", { "smoke", "minutes", "half-hour", "night" },
    help = "how long to train" },
  ["no-augment"] = { false, "boolean", help = "no deformed images: any order of pixels would do" },
  data = { "auto", "string", help = "auto, synthetic, a folder of MNIST, pictures or arrays" },
  seeds = { "1", "string", help = "networks to train, one for each seed: 1,2,3" },
  threads = { nil, "integer", "[1, 256]", help = "threads; none: all processors" },
  out = { "out/record", "string", help = "the directory to write to" },
}

local function read_seeds(text)
  local seeds, known = {}, {}
  for part in (text .. ","):gmatch "%s*(.-)%s*," do
    local seed = part:find "^%d+$" and tonumber(part)
    if not seed or seed >= 2 ^ 32 then
      command_line.stop(2, ("--seeds: integers below 2^32 with commas are expected; got '%s'")
        :format(text))
    end
    if known[seed] then command_line.stop(2, ("--seeds: %d is there twice"):format(seed)) end
    seeds[#seeds + 1], known[seed] = seed, true
  end
  return seeds
end

--- Every way of asking, on the images that were held out and on the test images.
local function judge(list, set, settings, held, test)
  local rows = {}
  local function add(seed, way, is_single)
    rows[#rows + 1] = { seed = seed, name = way.name, is_single = is_single,
      validation = judging.score(way.probabilities(held.x), held.y),
      test = judging.score(way.probabilities(test.x), test.y) }
  end
  for _, one in ipairs(list) do
    for i, way in ipairs(judging.ways(one, set, settings)) do add(one.seed, way, i == 1) end
  end
  if #list > 1 then add(nil, judging.together(list)) end
  return rows
end

local function show(rows)
  for _, row in ipairs(rows) do
    print(("%-8s %-38s validation %.2f %%, test %.2f %% (%.2f to %.2f)"):format(
      row.seed and "seed " .. row.seed or "all", row.name, row.validation.error, row.test.error,
      row.test.low, row.test.high))
  end
end

--- The command as one may type it.
local function command()
  local words = { "mah scripts/record.lua" }
  for _, word in ipairs(arg) do
    words[#words + 1] = word:find "^[%w_./,=-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
  end
  return table.concat(words, " ")
end

--- The preset's settings, and the folder for its files.
local function prepare(o)
  local is_plain = o["no-augment"]
  local settings = presets[o.preset][is_plain and "plain" or "augmented"]
  if not settings then command_line.stop(2, "--no-augment has no preset " .. o.preset) end
  if o.out == "" then command_line.stop(2, "--out must name a folder") end
  local out = ("%s/%s%s"):format(o.out, o.preset, is_plain and "-no-augment" or "")
  command_line.attempt(mah.file.make_directory, out)
  os.remove(out .. "/index.html") -- an earlier one's
  return settings, out, o.preset .. (is_plain and ", no augmentation" or "")
end

command_line.main(function()
  local o = mah.arguments(arg, rules, "usage: mah scripts/record.lua [options]")
  local seeds, settings, out, name = read_seeds(o.seeds), prepare(o)
  local set = command_line.attempt(images.open, o.data)
  local parts = command_line.attempt(training.parts, set)
  print(("data: %s (%s), %d images of %d x %d x %d, %d classes"):format(set.name, set.source,
    #set.train.x, set.height, set.width, set.channels, set.classes))

  local list = {}
  for i, seed in ipairs(seeds) do
    list[i] = command_line.attempt(training.run, set, parts, settings, seed, out, o.threads)
  end

  -- From here on nothing is chosen any more.
  local test = command_line.attempt(set.read_test)
  local rows = judge(list, set, settings, parts.held, test)
  local result = { name = name, command = command(), set = set, parts = parts, settings = settings,
    list = list, rows = rows, test = test }
  show(rows)
  print(page.save(result, out))
  print("test error of one network: " .. page.summary(result))
end)
