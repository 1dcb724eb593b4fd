--- svmlight's (libsvm's) files: a label and the features that are not zero, a line a row.
---
---     local x, y = mah.data.svmlight "a9a.txt"
---     local x_test, y_test = mah.data.svmlight("a9a.t", { n_features = x.shape[2] })
---     local x, y = mah.data.svmlight("news20.txt", { sparse = true })     -- fit takes it
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local options = require "mah.base.options"
local sparse = require "mah.data.sparse"

local svmlight = {}

local rules = options.declare("mah.data.svmlight", {
  n_features = { nil, "integer", "[1, 2147483647]", "columns of x: for a test set give the "
    .. "training set's; nil: as many as the file has" },
  dtype = { "float32", { "float32", "float64" }, nil, "of x" },
  multilabel = { false, "boolean", nil, "y is a list of each row's labels, of which there may be "
    .. "none" },
  zero_based = { "auto", { true, false, "auto" }, nil, "the file's first feature has the number 0, "
    .. "or 1 (false); auto: 0 if there is one" },
  query_id = { false, "boolean", nil, "also give each row's qid, which every row must have then" },
  sparse = { false, "boolean", nil, "x is a sparse matrix, whose memory grows with what is in the "
    .. "file" },
})

local dtypes = { float32 = C.MAH_FLOAT32, float64 = C.MAH_FLOAT64 }

--- {{1, 3}, {}, ...}: each row's labels.
local function lists(y, count)
  local rows, place = {}, 0
  for i = 1, #count do
    rows[i] = {}
    for j = 1, tonumber(count[i]) do rows[i][j] = y[place + j] end
    place = place + #rows[i]
  end
  return rows
end

local function load_dense(c, path, y, count, qid)
  local x = Type.blank()
  check.status(C.mah_svmlight_load(x, y, count, qid, path, c))
  return Type.own(x)
end

local function load_sparse(c, path, y, count, qid)
  local start, column, value = Type.blank(), Type.blank(), Type.blank()
  local columns = ffi.new "int64_t[1]"
  check.status(C.mah_svmlight_load_rows(start, column, value, columns, y, count, qid, path, c))
  return sparse.new { start = Type.own(start), column = Type.own(column), value = Type.own(value),
    columns = tonumber(columns[0]) }
end

--- Reads an svmlight or libsvm file, "label 1:0.5 7:2 # comment", packed by gzip or not, as
--- scikit-learn's load_svmlight_file. x is dense unless `sparse`, and it is an error if it is
--- larger than the machine's memory then. Estimators, networks and mah.train take a sparse matrix
--- in the place of a tensor, with the same result. Labels are as they are in the file. Errors name
--- file, line and token.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x, y = mah.data.svmlight "rows.txt"
---     print(x)
---     --> float32 2x3
---     --> {{0.5, 0.0, 2.0},
---     -->  {0.0, 1.0, 0.0}}
---     print(y)
---     --> float64 2
---     --> {1.0, 0.0}
---@param path string
---@param given table|nil
---@return tensor|mah.Sparse x   (rows, features)
---@return tensor|number[][] y   (rows) float64; lists with multilabel
---@return tensor|nil qid        (rows) int64, with query_id
function svmlight.svmlight(path, given)
  local o = options(given, rules, "mah.data.svmlight")
  file.path(path, "mah.data.svmlight")
  local c = ffi.new "mah_svmlight_options"
  c.dtype = dtypes[o.dtype]
  c.zero_based = o.zero_based == "auto" and -1 or o.zero_based and 1 or 0
  c.is_multilabel = o.multilabel and 1 or 0
  c.has_qid = o.query_id and 1 or 0
  c.columns = o.n_features or -1
  local y, count, qid = Type.blank(), Type.blank(), Type.blank()
  Type.collect_if_full()
  local x = (o.sparse and load_sparse or load_dense)(c, path, y, count, qid)
  for _, t in ipairs { y, count, qid } do Type.own(t) end
  return x, o.multilabel and lists(y, count) or y, o.query_id and qid or nil
end

return svmlight
