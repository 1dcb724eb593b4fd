--- The report of a record: results, curves, deformed images, the wrong ones, and others' marks.
---
---     page.save(result, "out/record/minutes")
local images = require "record.images"
local mah = require "mah"
local marks = require "record.marks"
local training = require "record.training"

local page = {}

local SHEET = 60 -- wrong images that are shown

-- -- The result -----------------------------------------------------------------------------------

local function percent(value) return ("%.2f %%"):format(value) end
local function rounded(value) return math.floor(100 * value + 0.5) / 100 end

--- Mean, least and most of the single networks' test errors.
local function of_seeds(result)
  local sum, least, most, n = 0, math.huge, -math.huge, 0
  for _, row in ipairs(result.rows) do
    if row.is_single then
      local e = row.test.error
      sum, least, most, n = sum + e, math.min(least, e), math.max(most, e), n + 1
    end
  end
  return { mean = sum / n, least = least, most = most, n = n }
end

--- "0.61 % (3 seeds: 0.58 % to 0.65 %)"
function page.summary(result)
  local e = of_seeds(result)
  if e.n == 1 then return percent(e.mean) end
  return ("%s (%d seeds: %s to %s)"):format(percent(e.mean), e.n, percent(e.least),
    percent(e.most))
end

local function add_result(r, result)
  local test = result.rows[1].test
  r:text(([[
    # Result

    **Test error of one network: %s** of %d images. A part of the training images, %d of %d, chose
    everything; the test images were looked at only when all networks were trained.]]):format(
    page.summary(result), test.n, #result.parts.held.x, #result.set.train.x))
  local rows = { { "seed", "asked", "validation error %", "test error %", "from", "to", "wrong" } }
  for _, row in ipairs(result.rows) do
    rows[#rows + 1] = { row.seed or "all", row.name, rounded(row.validation.error),
      rounded(row.test.error), rounded(row.test.low), rounded(row.test.high), row.test.wrong }
  end
  r:table(rows, "Errors in percent, with Wilson's interval of 95 % (from, to). Only 'the network' "
    .. "is a single one as it was trained")
end

local function add_marks(r, result)
  if result.set.name ~= "MNIST" then return end
  local rows, named, list = { { "test error %", "network", "source" } }, {}, {}
  for _, mark in ipairs(result.settings.augment and marks.deformed or marks.plain) do
    rows[#rows + 1] = { mark.error, mark.network, mark.source }
    if not named[mark.source] then
      list[#list + 1] = ("- %s: %s."):format(mark.source, marks.sources[mark.source])
    end
    named[mark.source] = true
  end
  rows[#rows + 1] = { rounded(of_seeds(result).mean), tostring(result.list[1].network), "this run" }
  r:text "# What others reached"
  r:table(rows, "Multi-layer perceptrons on MNIST")
  r:text(table.concat(list, "\n"))
end

-- -- The training ---------------------------------------------------------------------------------

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function spelled(value)
  if type(value) ~= "table" then return tostring(value) end
  local words = {}
  for _, v in ipairs(value) do words[#words + 1] = tostring(v) end
  for _, name in ipairs(sorted_names(value)) do
    words[#words + 1] = name .. " " .. spelled(value[name])
  end
  return table.concat(words, ", ")
end

local function add_settings(r, result)
  local rows = { { "setting", "value" } }
  for _, name in ipairs(sorted_names(result.settings)) do
    rows[#rows + 1] = { name, spelled(result.settings[name]) }
  end
  r:table(rows, ("The preset %s, on %s"):format(result.name, result.set.name))
end

local function add_training(r, result)
  local losses, errors, most = {}, {}, 0
  local rows = { { "seed", "epochs", "best epoch", "minutes" } }
  for i, one in ipairs(result.list) do
    local wrong = {}
    for k, score in ipairs(one.history.val_score) do
      wrong[k] = 100 * (1 - score)
      most = math.max(most, wrong[k])
    end
    losses[i] = { y = one.history.loss, label = "seed " .. one.seed }
    errors[i] = { y = wrong, label = "seed " .. one.seed }
    rows[#rows + 1] = { one.seed, #wrong, one.best_epoch, rounded(one.seconds / 60) }
  end
  r:text "# Training"
  r:table(rows)
  r:figure({
    mah.plot.lines { series = losses, title = "Loss", x_label = "epoch", width = 460 },
    mah.plot.lines { series = errors, title = "Validation error, percent", x_label = "epoch",
      width = 460, log_y = most > 0 },
  }, "The loss of the images that are learned from, and what is wrong of those held out.")
  add_settings(r, result)
end

--- Pixels of the page for each of an image.
local function scale_of(set) return math.min(3, 84 / math.max(set.height, set.width)) end

--- The first images as they are, and as some epochs see them.
local function add_deformed(r, result)
  local augment = training.augmentation(result.set, result.settings)
  if not augment then return end
  local x, shown = result.parts.kept.x, {}
  local few = x:narrow(1, 1, math.min(10, #x))
  for epoch = 0, 4 do
    shown[epoch + 1] = epoch == 0 and few or augment:apply(few, { epoch = epoch })
  end
  local all = images.pictures(result.set, mah.cat(shown, 1))
  r:figure(mah.image.grid(all, { columns = #few, scale = scale_of(result.set),
    title = "Deformed images" }),
    "The first images as they are (above), and as four epochs see them.")
end

-- -- What is wrong --------------------------------------------------------------------------------

local function add_wrong(r, result)
  local test, probabilities = result.test, result.list[1].network(result.test.x)
  local predicted, rows, captions = probabilities:argmax(2) - 1, {}, {}
  local names = result.set.class_names
  local function name(class) return names and names[class + 1] or tostring(class) end
  local confidence = probabilities:max(2)
  for i = 1, #predicted do
    if predicted[i] ~= test.y[i] and #rows < SHEET then
      rows[#rows + 1] = i
      captions[#rows] = ("%s for %s, %.0f %%"):format(name(predicted[i]), name(test.y[i]),
        100 * confidence[i])
    end
  end
  r:text "# What is wrong"
  if #rows == 0 then return r:text "Nothing: all test images are read correctly." end
  local some = test.x:index_select(1, mah.tensor(rows, { dtype = "int32" }))
  r:figure(mah.image.grid(images.pictures(result.set, some), { columns = 6,
    scale = scale_of(result.set), captions = captions, title = "Wrong test images" }),
    ("Test images that the network of seed %d reads wrongly (the first %d): what it reads, what it "
      .. "is, and its probability."):format(result.list[1].seed, #rows))
end

--- Writes index.html and what belongs to it.
---@param result table   {name, command, set, parts, settings, list, rows, test}
---@param out string     a folder
---@return report
function page.save(result, out)
  local r = mah.report { title = "How far a plain MLP goes: " .. result.name, out = out }
  add_result(r, result)
  add_marks(r, result)
  add_training(r, result)
  add_deformed(r, result)
  add_wrong(r, result)
  r:text("# Again"):code(result.command)
  return r:save()
end

return page
