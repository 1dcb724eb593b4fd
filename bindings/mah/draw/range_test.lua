--- The picture of a learning rate range test: found:plot(), of what mah.train.find_lr has found.
local Locale = require "mah.draw.locale"
local RangeTest = require "mah.learn.range_test"
local check = require "mah.base.check"
local lines = require "mah.draw.lines"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "found:plot"

local rules = options.declare("find_lr:plot", {
  title = { nil, "string", nil, texts.title },
  x_label = { nil, "string", nil, texts.x_label .. '; nil: "learning rate"' },
  y_label = { nil, "string", nil, texts.y_label .. '; nil: "loss"' },
  log_y = { false, "boolean", nil, texts.log_y },
  y_range = { nil, "table", nil, "{low, high}: what the y axis shows; nil: the smoothed curve" },
  legend = { nil, "string", nil, texts.legend },
  width = { nil, "number", nil, texts.width .. "; nil: 640" },
  height = { nil, "number", nil, texts.height .. "; nil: 400" },
  lang = { nil, "string", nil, Locale.rule[4] .. "; nil: en" },
})

--- What is to be seen: all but the single losses far above the smoothed curve, which may be very
--- large at last.
local function range_of(found, log_y)
  local low, high = math.huge, -math.huge
  for i, value in ipairs(found.smoothed) do
    low, high = math.min(low, value, found.loss[i]), math.max(high, value)
  end
  if low == high or log_y then return nil end
  local room = 0.15 * (high - low)
  return { low >= 0 and math.max(low - room, 0) or low - room, high + room }
end

--- The losses over the learning rates, on a logarithmic axis: of each mini-batch as points,
--- smoothed as a line; the suggestion is a dashed line.
---
---     local set = mah.data.make_moons { n_samples = 60, random_state = 1 }
---     local net = mah.mlp { 2, { 8, "relu" }, { 2, "softmax" }, seed = 1 }
---     local found = mah.train.find_lr(net, set, { batch_size = 20, seed = 1 })
---     print(found:plot { title = "which learning rate?" })
---     --> figure 640 x 400: which learning rate?
---@param given table|nil
---@return figure
function RangeTest:plot(given)
  local o = options(given, rules, WHERE)
  local words = Locale.of(o.lang or "en").words
  check.that(#self.lr > 1, "%s: the test ended at its first step", WHERE)
  return lines {
    series = {
      { label = words.mini_batch, x = self.lr, y = self.loss, line = false, marker = "circle" },
      { label = words.smoothed, x = self.lr, y = self.smoothed, marker = false },
    },
    guides = { self.suggestion
      and { x = self.suggestion, label = ("%.2g"):format(self.suggestion) } or nil },
    log_x = true, log_y = o.log_y, title = o.title, x_label = o.x_label or words.learning_rate,
    y_label = o.y_label or words.loss, y_range = o.y_range or range_of(self, o.log_y),
    legend = o.legend, width = o.width, height = o.height, lang = o.lang,
  }
end
