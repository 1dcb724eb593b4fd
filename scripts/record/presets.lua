--- What the presets train, each with deformed images (`augmented`) and without (`plain`), which is
--- then blind to where a pixel is. Sizes in pixels are those of images of 28 x 28; others have
--- their share; scale = 0.1 is 0.9 to 1.1. All of this was chosen by validation images alone; the
--- plain networks are those of Rasmus et al. (2015), batch norm and noise.
---
---     local s = presets.minutes.augmented
---     print(table.concat(s.hidden, "-"), s.epochs)     --> 1024-1024 40
local presets = {}

--- For tests.
presets.smoke = {
  augmented = {
    hidden = { 32 }, epochs = 6, batch_size = 50, lr = 5e-3,
    augment = { rotate = 10, scale = 0.1, shift = 1, elastic = { alpha = 34, sigma = 4 } },
  },
  plain = {
    hidden = { 32, 32 }, epochs = 6, batch_size = 50, lr = 5e-3, norm = "batch", noise = 0.1,
    dropout = 0.1, max_norm = 3, smoothing = 0.1,
  },
}

presets.minutes = {
  augmented = {
    hidden = { 1024, 1024 }, epochs = 40, batch_size = 200, lr = 2e-3,
    augment = { rotate = 10, scale = 0.1, shift = 1.5, elastic = { alpha = 34, sigma = 4 } },
  },
  plain = {
    hidden = { 1000, 500, 250, 250, 250 }, epochs = 15, batch_size = 100, lr = 2e-3,
    norm = "batch", noise = 0.3,
  },
}

presets["half-hour"] = {
  augmented = {
    hidden = { 1500, 1000 }, epochs = 80, batch_size = 200, lr = 1.5e-3,
    augment = { rotate = 12, scale = 0.12, shift = 1.5, elastic = { alpha = 34, sigma = 4 } },
  },
  plain = {
    hidden = { 1000, 500, 250, 250, 250 }, epochs = 80, batch_size = 100, lr = 2e-3,
    norm = "batch", noise = 0.3,
  },
}

presets.night = {
  augmented = {
    hidden = { 2000, 1500, 1000, 500 }, epochs = 100, batch_size = 200, lr = 1e-3,
    augment = { rotate = 15, scale = 0.15, shift = 2, elastic = { alpha = 34, sigma = 4 } },
  },
}

return presets
