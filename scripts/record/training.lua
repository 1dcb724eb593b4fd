--- One training of a record. It is given the training images alone: a part of them, the same for
--- all seeds, is held out and chooses the epoch.
---
---     local parts = training.parts(set)
---     local one = training.run(set, parts, presets.minutes.augmented, 1, "out/record/minutes")
---     print(one.best_epoch, one.network:score(parts.held.x, parts.held.y))
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
  local part, pixels = strength or 1, math.min(set.height, set.width) / 28
  local alpha, sigma = given.elastic.alpha, given.elastic.sigma
  return mah.augment { size = { set.height, set.width }, channels = set.channels,
    rotate = part * given.rotate, shift = part * given.shift * pixels,
    scale = { 1 - part * given.scale, 1 + part * given.scale },
    elastic = { alpha = part * alpha * pixels, sigma = sigma * pixels } }
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
  if not part then return y end
  local is_class = y:unsqueeze(2):eq(mah.arange(0, classes - 1, 1, { dtype = y.dtype })):float()
  return is_class * (1 - part) + part / classes
end

--- The images to learn from, and those that are held out.
---@return table   {kept = Set, held = Set}
function training.parts(set)
  local kept, held = mah.data.split(set.train, HELD_OUT, { rng = SPLIT_SEED, stratified = true })
  if #held.x == 0 then error(("%d images to train on are too few"):format(#kept.x), 0) end
  return { kept = kept, held = held }
end

-- -- Running --------------------------------------------------------------------------------------

--- The epochs after which the network is kept: some of the last quarter.
local function snapshots_of(s)
  local list, step = {}, math.max(1, math.floor(s.epochs / 4 / SNAPSHOTS))
  for epoch = math.max(1, s.epochs - (SNAPSHOTS - 1) * step), s.epochs, step do
    list[#list + 1] = epoch
  end
  return list
end

local function path_of(path, epoch) return ("%s-%d.safetensors"):format(path, epoch) end

--- Trains, or goes on with a training that was interrupted. All files are there, as large as they
--- will be, from the beginning: a full disk is told of now, and not in the end.
---@return network, run
local function train(set, parts, s, seed, path, threads)
  local network, is_snapshot = new_network(set, s, seed), {}
  for _, epoch in ipairs(snapshots_of(s)) do
    is_snapshot[epoch] = true
    if not mah.file.exists(path .. ".checkpoint") then network:save(path_of(path, epoch)) end
  end
  network:save(path .. ".safetensors")
  local kept = parts.kept
  local run = mah.train(network, { x = kept.x, y = smoothed(kept.y, set.classes, s.smoothing) }, {
    solver = mah.solver.adam { lr = s.lr }, batch_size = s.batch_size, stop = s.epochs,
    schedule = mah.schedule.one_cycle { epochs = s.epochs, max_lr = s.lr, pct_start = 0.2 },
    validation = parts.held, augment = training.augmentation(set, s), seed = seed,
    threads = threads, checkpoint = { path = path .. ".checkpoint", seconds = 30 },
    on_epoch = function(state)
      if is_snapshot[state.epoch] then network:save(path_of(path, state.epoch)) end
      print(("seed %d: epoch %d of %d, validation error %.2f %%"):format(seed, state.epoch,
        s.epochs, 100 * (1 - state.val_score)))
      io.flush()
    end,
  })
  return network, run
end

--- What tells a training from others: its settings, and its images by sums.
local function likeness_of(set, s)
  local x, y = set.train.x, set.train.y:double()
  local places = mah.arange(1, #y, 1, { dtype = "float64" })
  return mah.json.encode({ s, set.height, set.width, set.channels, set.class_names or {}, x:sum(),
    (x:sum(2):double() * places):sum(), (y * places):sum(), #y, set.classes }, { indent = false })
end

local function read(path, s, likeness)
  local one = mah.json.decode(mah.file.read(path .. ".json"))
  if one.likeness ~= likeness then return nil end
  one.network, one.snapshots = mah.load(path .. ".safetensors"), {}
  for i, epoch in ipairs(snapshots_of(s)) do one.snapshots[i] = mah.load(path_of(path, epoch)) end
  return one
end

--- Trains with a seed; what has been trained already in this folder is read again.
---@param set table             of images.open
---@param parts table           of training.parts
---@param s table               of a preset
---@param seed integer
---@param folder string         for the networks, and the checkpoint
---@param threads integer|nil
---@return table   {seed, best_epoch, seconds, history, network, snapshots = networks}
function training.run(set, parts, s, seed, folder, threads)
  local path, likeness = ("%s/network-%d"):format(folder, seed), likeness_of(set, s)
  local ok, earlier = pcall(read, path, s, likeness)
  if ok and earlier then return earlier end
  os.remove(path .. ".json") -- the networks beside it are about to change
  local network, run = train(set, parts, s, seed, path, threads)
  network:clone():save(path .. ".safetensors") -- without what the training would go on with
  mah.file.write(path .. ".json", mah.json.encode { likeness = likeness, seed = seed,
    best_epoch = run.best_epoch, seconds = run.seconds, history = run.history })
  return read(path, s, likeness)
end

return training
