--- The line of progress of a training, where one is wanted or somebody waits at a prompt:
---
---     training: ██▎                  22/200, loss 0.0071, validation 0.9763, 0:12 left
---
--- It looks at curves and clocks and changes nothing of the training.
local epoch_limit = require "mah.learn.epoch_limit"
local how_far = require "mah.base.how_far"

local EpochsLine = {}
EpochsLine.__index = EpochsLine

--- nil where nobody looks.
---@param trainer table
---@return table|nil
function EpochsLine.new(trainer)
  local settings = trainer.settings
  if trainer.ranks and trainer.ranks.rank ~= 0 then return nil end
  if settings.on_batch and not settings.verbose then return nil end -- what it prints comes first
  local line = how_far.line("training", settings.verbose)
  if not line then return nil end
  return setmetatable({ line = line, trainer = trainer, first = trainer.epoch }, EpochsLine)
end

local function latest(trainer, name)
  local list = trainer.history[name]
  return list and list[trainer.epoch]
end

local function describe(self, line)
  local trainer = self.trainer
  local score = latest(trainer, "val_score")
  local more = ("loss %.4f"):format(latest(trainer, "loss"))
  if score then more = more .. (", validation %.4f"):format(score) end
  return how_far.text(line, "epoch", trainer.epoch, epoch_limit.of(trainer.settings.stop),
    more, self.first)
end

--- After an epoch.
function EpochsLine:show()
  if self.line:is_due() then self.line:update(describe(self, self.line)) end
end

--- Takes the line away for what the user's own functions print.
function EpochsLine:hide() self.line:hide() end

--- What remains is a sentence, without a bar.
---@param reason table   to stop
function EpochsLine:done(reason)
  self.line:done(("%s; %s"):format(describe(self, { started = self.line.started }), reason.text))
end

--- Where an error ends the training.
function EpochsLine:close()
  if self.line.passes then self.line:done "" end
end

return EpochsLine
