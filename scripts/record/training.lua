--- One training of a record. It is given the training images alone: a part of them, the same for
--- all seeds, is held out and chooses the epoch.
---
---     local one = training.run(set, presets.minutes.augmented, 1, "out/record/minutes")
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
local function parts_of(set)
  return mah.data.split(set.train, HELD_OUT, { rng = SPLIT_SEED, stratified = true })
end

-- -- Running --------------------------------------------------------------------------------------

--- The files of the networks that are kept on the way: epoch -> path.
local function snapshots_of(s, path)
  local list, step = {}, math.max(1, math.floor(s.epochs / 4 / SNAPSHOTS))
  for epoch = s.epochs, math.max(1, s.epochs - (SNAPSHOTS - 1) * step), -step do
    list[epoch] = ("%s-%d.safetensors"):format(path, epoch)
  end
  return list
end

--- Says how far it is, in one line.
local function show(seed, s, state)
  io.write(("\rseed %d: epoch %d of %d, validation error %.2f %%  "):format(seed, state.epoch,
    s.epochs, 100 * (1 - state.val_score)), state.epoch == s.epochs and "\n" or "")
  io.flush()
end

--- Trains, or goes on with a training that was interrupted.
---@return network, run
local function train(set, s, seed, parts, path, threads)
  local network, snapshots = new_network(set, s, seed), snapshots_of(s, path)
  local kept, held = parts.kept, parts.held
  local run = mah.train(network, { x = kept.x, y = smoothed(kept.y, set.classes, s.smoothing) }, {
    solver = mah.solver.adam { lr = s.lr }, batch_size = s.batch_size, stop = s.epochs,
    schedule = mah.schedule.one_cycle { epochs = s.epochs, max_lr = s.lr, pct_start = 0.2 },
    validation = held, augment = training.augmentation(set, s), seed = seed, threads = threads,
    checkpoint = { path = path .. ".checkpoint", seconds = 30 },
    on_epoch = function(state)
      if snapshots[state.epoch] then network:save(snapshots[state.epoch]) end
      show(seed, s, state)
    end,
  })
  return network, run
end

--- What an earlier run has written of a training like this one; nil where there is none.
local function read_earlier(path, likeness)
  if not mah.file.exists(path) then return nil end
  local one = mah.json.decode(mah.file.read(path))
  return one.likeness == likeness and one or nil
end

--- Trains with a seed; what has been trained already in this folder is read again.
---@param set table             of images.open
---@param s table               of a preset
---@param seed integer
---@param folder string         for the networks, and the checkpoint
---@param threads integer|nil
---@return table   {seed, best_epoch, seconds, history, network, snapshots = networks, kept, held}
function training.run(set, s, seed, folder, threads)
  local path, parts = ("%s/network-%d"):format(folder, seed), {}
  parts.kept, parts.held = parts_of(set)
  local likeness = mah.json.encode({ s, set.name, set.source, #parts.kept.x }, { indent = false })
  local one = read_earlier(path .. ".json", likeness)
  if not one then
    local network, run = train(set, s, seed, parts, path, threads)
    network:clone():save(path .. ".safetensors") -- without what the training would go on with
    one = { likeness = likeness, seed = seed, best_epoch = run.best_epoch, seconds = run.seconds,
      history = run.history }
    mah.file.write(path .. ".json", mah.json.encode(one))
  end
  one.network, one.snapshots = mah.load(path .. ".safetensors"), {}
  one.kept, one.held = parts.kept, parts.held
  local files = snapshots_of(s, path)
  for epoch = 1, s.epochs do
    if files[epoch] then table.insert(one.snapshots, mah.load(files[epoch])) end
  end
  return one
end

return training
