--- One training of a record. It is given the training images alone: a part of them, the same for
--- all seeds, is held out and chooses the epoch.
---
---     local one = training.run(set, presets.minutes.augmented, 1, "out/record/minutes", {})
---     print(one.best_epoch, one.network:score(one.held.x, one.held.y))
local mah = require "mah"

local training = {}

local HELD_OUT, SPLIT_SEED = 1 / 12, 7 -- 5,000 of MNIST's 60,000 images
local SNAPSHOTS = 8                    -- networks of the last quarter that are kept

-- -- The parts ------------------------------------------------------------------------------------

--- What deforms the images; nil: nothing does.
---@param strength number|nil   how much of what the preset says; nil: all of it
---@return augmentation|nil
function training.augmentation(set, s, strength)
  local given = s.augment
  if not given then return nil end
  local part = strength or 1
  local pixels = part * math.min(set.height, set.width) / 28
  local elastic, reach = given.elastic, part * given.scale
  if elastic then
    elastic = { alpha = pixels * elastic.alpha, sigma = pixels / part * elastic.sigma }
  end
  return mah.augment { size = { set.height, set.width }, channels = set.channels,
    rotate = part * given.rotate, shear = part * (given.shear or 0), shift = pixels * given.shift,
    scale = { 1 - reach, 1 + reach }, elastic = elastic }
end

local function new_network(set, s, seed)
  local given = { set.inputs, seed = seed, norm = s.norm, noise = s.noise }
  for _, units in ipairs(s.hidden) do
    given[#given + 1] = { units, "relu", dropout = s.dropout, max_norm = s.max_norm }
  end
  given[#given + 1] = { set.classes, "softmax" }
  return mah.mlp(given)
end

--- Classes as probabilities, of which a part is spread over all classes (Szegedy et al.:
--- "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7).
local function smoothed(y, classes, part)
  if (part or 0) == 0 then return y end
  local is_class = y:unsqueeze(2):eq(mah.arange(0, classes - 1, 1, { dtype = y.dtype })):float()
  return is_class * (1 - part) + part / classes
end

--- The images to learn from, and those that are held out.
---@return Set kept, Set held
function training.parts(set)
  return mah.data.split(set.train, HELD_OUT, { rng = SPLIT_SEED, stratified = true })
end

-- -- Running --------------------------------------------------------------------------------------

--- The epochs after which the network is kept.
local function snapshots_of(s, folder, seed)
  local list, step = {}, math.max(1, math.floor(s.epochs / 4 / SNAPSHOTS))
  for epoch = s.epochs, math.max(1, s.epochs - (SNAPSHOTS - 1) * step), -step do
    list[epoch] = ("%s/network-%d-%d.safetensors"):format(folder, seed, epoch)
  end
  return list
end

local function read_earlier(path, settings)
  if not mah.file.exists(path) then return nil end
  local one = mah.json.decode(mah.file.read(path))
  return one.settings == settings and one or nil
end

--- Trains with a seed, or goes on with a training that was interrupted; what has been trained
--- already with these settings is read again.
---@param set table        of images.open
---@param s table          of a preset
---@param seed integer
---@param folder string    for the networks, and the checkpoint
---@param o {threads: integer|nil, quiet: boolean|nil}
---@return table   {seed, best_epoch, seconds, history, network, snapshots = networks, kept, held}
function training.run(set, s, seed, folder, o)
  local path = ("%s/network-%d"):format(folder, seed)
  local kept, held = training.parts(set)
  local snapshots = snapshots_of(s, folder, seed)
  local settings = mah.json.encode({ s, set.name, set.source, #kept.x }, { indent = false })
  local known = read_earlier(path .. ".json", settings)
  if not known then
    local network = new_network(set, s, seed)
    local run = mah.train(network, { x = kept.x, y = smoothed(kept.y, set.classes, s.smoothing) }, {
      solver = s.solver and mah.solver[s.solver] { lr = s.lr } or mah.solver.adam { lr = s.lr },
      schedule = mah.schedule.one_cycle { epochs = s.epochs, max_lr = s.lr, pct_start = 0.2 },
      batch_size = s.batch_size, stop = s.epochs, l2 = s.l2, validation = held, seed = seed,
      augment = training.augmentation(set, s), threads = o.threads,
      checkpoint = { path = path .. ".checkpoint", seconds = 30 },
      on_epoch = function(state)
        if snapshots[state.epoch] then network:save(snapshots[state.epoch]) end
        if not o.quiet then
          io.write(("\rseed %d: epoch %d of %d, validation error %.2f %%  "):format(seed,
            state.epoch, s.epochs, 100 * (1 - state.val_score)))
          io.flush()
        end
      end,
    })
    if not o.quiet then io.write "\n" end
    network:clone():save(path .. ".safetensors") -- without what the training would go on with
    known = { settings = settings, seed = seed, best_epoch = run.best_epoch, seconds = run.seconds,
      history = run.history }
    mah.file.write(path .. ".json", mah.json.encode(known))
  end
  known.network, known.kept, known.held = mah.load(path .. ".safetensors"), kept, held
  known.snapshots = {}
  for _, file in pairs(snapshots) do table.insert(known.snapshots, mah.load(file)) end
  return known
end

return training
