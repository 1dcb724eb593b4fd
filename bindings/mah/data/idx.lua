--- IDX files, the format of the MNIST database: one tensor in a file, gzip or not.
---
---     mah.save_idx("labels.idx.gz", mah.zeros(10, {dtype = "uint8"}))
---     print(mah.load_idx("labels.idx.gz").shape[1])     --> 10
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"

local idx = {}

--- Reads an IDX file, the format of the MNIST database: one tensor in a file, packed by gzip or
--- not. Bytes give uint8; signed bytes, shorts and ints int32; floats float32; doubles float64. An
--- error names the file when it is missing, foreign, shorter or longer than its header says.
---
---     mah.save_idx("labels.idx.gz", mah.tensor({ 7, 2, 1 }, "uint8"))
---     print(mah.load_idx "labels.idx.gz")
---     --> uint8 3
---     --> {7, 2, 1}
---@param path string
---@return tensor
function idx.load_idx(path)
  file.path(path, "load_idx")
  Type.collect_if_full()
  return Type.make(C.mah_idx_load, path)
end

--- Writes a tensor of at least one dimension to an IDX file; compressed when the path ends in
--- ".gz".
---
---     mah.save_idx("images.idx", mah.zeros(2, 28, 28, "uint8"))
---     print(mah.load_idx("images.idx").shape[2])   --> 28
---@param path string
---@param t tensor
function idx.save_idx(path, t)
  file.path(path, "save_idx")
  check.status(C.mah_idx_save(path, Type.expect(t, "save_idx")))
end

return idx
