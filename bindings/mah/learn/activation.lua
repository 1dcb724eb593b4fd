--- The names of the activations and of the output activations, as the core knows them.
local C = require "mah.base.library"
local ffi = require "ffi"

local activation = {
  hidden = {}, -- name -> the core's number
  outputs = {}, -- output activation -> the number of the loss that belongs to it
}

for number = 0, C.MAH_ACTIVATION_COUNT - 1 do
  activation.hidden[ffi.string(C.mah_activation_name(number))] = number
end
for number = 0, C.MAH_LOSS_COUNT - 1 do
  activation.outputs[ffi.string(C.mah_loss_output(number))] = number
end

--- "identity, logistic, relu": for messages.
---@param names table   hidden or outputs
---@return string
function activation.list(names)
  local sorted = {}
  for name in pairs(names) do sorted[#sorted + 1] = name end
  table.sort(sorted)
  return table.concat(sorted, ", ")
end

return activation
