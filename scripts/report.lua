--- The main job: runs the studies on MNIST (or on digits that Mah draws itself) and writes
--- a report.
---
---     mah scripts/report.lua --preset quick --data auto --out out/report
---
--- The studies are in scripts/studies, one file each; here is only the frame around them:
--- arguments, data, the trials of each study over the seeds, results.csv, manifest.json
--- and the page.
local mah = require "mah"
local Page = require "report.page"
local run_trial = require "report.trial"

--- In the order of the report.
local studies = { "solvers", "activations", "final_model" }

--- n, test: images used by the studies (nil: all); final_n: by the final model; tol: an epoch that
--- lowers the loss by less is no improvement.
local presets = {
  smoke = {
    n = 500, test = 200, final_n = 1000, seeds = { 1 }, max_epochs = 8, final_epochs = 10,
    tol = 1e-3,
  },
  quick = { n = 10000, seeds = { 1, 2, 3 }, max_epochs = 100, final_epochs = 40, tol = 1e-3 },
  full = { seeds = { 1, 2, 3, 4, 5 }, max_epochs = 200, final_epochs = 200, tol = 1e-4 },
}

local o = mah.arguments(arg, {
  preset = { "quick", { "smoke", "quick", "full" }, help = "how much to run" },
  data = { "auto", "string", help = "auto, synthetic, or the directory of MNIST's files" },
  out = { "out/report", "string", help = "the directory to write to" },
  only = { nil, "string", help = "some studies: " .. table.concat(studies, ",") },
}, "usage: mah scripts/report.lua [options]")

-- -- What was asked for ---------------------------------------------------------------------------

local function fail(...)
  io.stderr:write("mah: ", string.format(...), "\n")
  os.exit(1)
end

--- Errors of what people can get wrong here (the data, the output folder) need no traceback.
local function attempt(action, ...)
  local ok, result = pcall(action, ...)
  if not ok then fail("%s", (tostring(result):gsub("^[^:]*:%d+: ", ""))) end
  return result
end

local function absolute(path)
  return path:sub(1, 1) == "/" and path or (os.getenv "PWD" or ".") .. "/" .. path
end

local function chosen_studies()
  if not o.only then return studies end
  local known, chosen = {}, {}
  for _, name in ipairs(studies) do known[name] = true end
  for name in o.only:gmatch "[^,]+" do
    if not known[name] then
      fail("--only: there is no study '%s'; known: %s", name, table.concat(studies, ", "))
    end
    chosen[#chosen + 1] = name
  end
  return chosen
end

-- -- Trials ---------------------------------------------------------------------------------------

--- Runs every setting of the study with every seed; returns {params =, seed =, result =} in order.
local function run_trials(study, data, preset)
  local settings, rows = study.settings(preset), {}
  local line = mah.progress.new(study.id)
  local total = #settings * #(study.seeds and study.seeds(preset) or preset.seeds)
  for _, params in ipairs(settings) do
    for _, seed in ipairs(study.seeds and study.seeds(preset) or preset.seeds) do
      local row = { params = params, seed = seed }
      row.result = run_trial(params, seed, data, function(text)
        line:update(("%d/%d %s, %s"):format(#rows + 1, total, params.name, text))
      end)
      rows[#rows + 1] = row
    end
  end
  line:done(("%d trials done"):format(total))
  return rows
end

local columns = { "study", "setting", "seed", "train", "test", "n_iter", "seconds", "stopped_by" }

local function csv_line(study, row)
  local r = row.result
  return ("%s,%s,%d,%.4f,%.4f,%d,%.3f,%s"):format(study.id, row.params.name, row.seed, r.train,
    r.test, r.n_iter, r.seconds, r.stopped_by)
end

-- -- The report -----------------------------------------------------------------------------------

local function manifest(data, preset, names)
  return {
    program = "mah " .. mah.version,
    data = { name = data.name, source = data.source, train = #data.train.x, test = #data.test.x },
    preset = o.preset,
    settings = preset,
    seeds = preset.seeds,
    studies = names,
    machine = mah.machine(),
    date = os.date "!%Y-%m-%dT%H:%M:%SZ",
  }
end

local function main()
  local preset, names = presets[o.preset], chosen_studies()
  attempt(mah.file.make_directory, o.out)
  attempt(mah.file.write, o.out .. "/results.csv", table.concat(columns, ",") .. "\n")
  local start = mah.progress.now()
  local data = attempt(mah.data.load, o.data)
  print(("data: %s (%s), %d training and %d test images"):format(data.name, data.source,
    #data.train.x, #data.test.x))

  local page = Page.new(o.out, "Training an MLP on " .. data.name)
  page:facts {
    { "Data", ("%s, from %s"):format(data.name, data.source) },
    { "Images", ("%d for training, %d for testing"):format(#data.train.x, #data.test.x) },
    { "Preset", ("%s, seeds %s"):format(o.preset, table.concat(preset.seeds, ", ")) },
    { "Made by", ("Mah %s on %s"):format(mah.version, mah.machine().cpu) },
  }
  local csv = { table.concat(columns, ",") }
  for _, name in ipairs(names) do
    local study = require("studies." .. name)
    local rows = run_trials(study, data, preset)
    for _, row in ipairs(rows) do csv[#csv + 1] = csv_line(study, row) end
    page:section(study.id, study.title)
    study.present(page, rows, data, preset)
  end
  mah.file.write(o.out .. "/results.csv", table.concat(csv, "\n") .. "\n")
  mah.file.write(o.out .. "/manifest.json", mah.json.encode(manifest(data, preset, names)) .. "\n")
  page:save(("The whole report took %.0f s."):format(mah.progress.now() - start))
  print(("report: %s/index.html (%.0f s)"):format(absolute(o.out), mah.progress.now() - start))
end

main()
