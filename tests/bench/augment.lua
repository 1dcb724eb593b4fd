--- How fast images are changed: 60,000 of 28 x 28 with affine and elastic deformation on one
--- thread, and the elastic part beside scipy.ndimage's gaussian_filter and map_coordinates (order
--- 1), by turns, as a ratio of medians. Needs python3-scipy.
---
---     mah tests/bench/augment.lua [ROUNDS]
local mah = require "mah"
local timing = dofile(arg[0]:match "^(.*/)" .. "timing.lua")

local rounds = tonumber(arg[1]) or 5
local IMAGES, PEER_IMAGES = 60000, 2000
local peer = ("%s %s %d"):format(timing.python, (arg[0]:gsub("%.lua$", "_scipy.py")), PEER_IMAGES)

local elastic = mah.augment { elastic = { alpha = 34, sigma = 4 } }
local all = mah.augment { rotate = 15, scale = { 0.85, 1.15 }, shift = 2,
  elastic = { alpha = 34, sigma = 4 } }

mah.threads(1)
local x = mah.rand(IMAGES, 784)

--- Microseconds an image.
local function time(augment, epoch)
  local before = mah.progress.now()
  augment:apply(x, { epoch = epoch }):free()
  return (mah.progress.now() - before) / IMAGES * 1e6
end

local own, both, others = {}, {}, {}
for i = 1, rounds do
  own[i], both[i] = time(elastic, i), time(all, i)
  others[i] = tonumber(timing.output_of(peer)) or 0 / 0
end
print(timing.machine())
print(("affine and elastic, %d images: %.2f s on one thread"):format(IMAGES,
  timing.median(both) * IMAGES / 1e6))
print(("elastic: %.1f us an image; scipy.ndimage %.0f us, %.0f times as long"):format(
  timing.median(own), timing.median(others), timing.median(others) / timing.median(own)))
