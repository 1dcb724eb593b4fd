--- safetensors: models that Mah saved, and tensors under the names that PyTorch gives them.
---
---     mah.load "mah.safetensors"
---     mah.load("torch.safetensors", { activation = "relu" })     --> see exchange/state_dict.lua
local check = require "mah.base.check"
local options_of = require "mah.exchange.given"
local loading = require "mah.learn.estimator.load"
local safetensors = require "mah.data.safetensors"
local state_dict = require "mah.exchange.state_dict"
local text = require "mah.base.text"
require "mah.prepare.saved" -- loading knows all of Mah's formats

local reader = { name = "safetensors" }

--- A header's length, little endian, and an object of JSON.
function reader.knows(head)
  return #head > 8 and head:byte(9) == 123 and head:byte(8) == 0 and head:byte(7) == 0
end

local function refuse(path, why)
  check.raise("mah.load: %s: not a model saved by mah: %s", path, why)
end

function reader.read(path, given)
  local ok, tensors, metadata = pcall(safetensors.load_safetensors, path)
  if not ok then
    local why = text.without_place(tensors)
    refuse(path, why:sub(1, #path + 2) == path .. ": " and why:sub(#path + 3) or why)
  end
  local format = metadata.format or ""
  if not format:find "^mah " then return state_dict.model(tensors, given, path) end
  if not loading.formats[format] then refuse(path, "its format is " .. check.show(format)) end
  options_of(given, {}, path, "a model saved by mah")
  return loading.of_file(path, tensors, metadata)
end

return reader
