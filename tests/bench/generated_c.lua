--- The models and rows that generated_c.sh times, into a folder:
---
---     mah tests/bench/generated_c.lua FOLDER
local ffi = require "ffi"
local mah = require "mah"

local folder = arg[1]
local ROWS = 64

local function save_rows(name, x)
  mah.file.write(folder .. "/" .. name, ffi.string(x:contiguous().data, 4 * x:numel()))
end

mah.mlp { 6, { 64, "relu" }, { 8, "relu" }, { 3, "softmax" }, seed = 1 }:save(folder .. "/small.h")
local net = mah.mlp { 784, { 100, "relu" }, { 10, "softmax" }, seed = 1 }
net:save(folder .. "/digits.h")
net:save(folder .. "/digits.onnx")
local pictures = mah.data.digits { n = 1000, seed = 1 }.train.x:narrow(1, 1, ROWS)
local ten = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }
mah.preprocessing.ColumnTransformer { { ten, "passthrough" } }:fit(pictures)
  :save(folder .. "/empty.onnx")
save_rows("small", mah.randn(ROWS, 6, { rng = mah.rng(1) }))
save_rows("pictures", pictures)
save_rows("dense", mah.rand(ROWS, 784, { rng = mah.rng(1) }) + 0.01)
