--- scikit-learn's estimators in the files of pickle and joblib, packed ones too: MLPClassifier,
--- MLPRegressor, scalers, encoders, pipelines and column transformers.
---
---     local clf = mah.load "pipe.joblib"
---     print(clf:predict_proba(x))
---
--- Nothing in the file is run: exchange/pickle reads it as data.
local bytes = require "mah.exchange.bytes"
local check = require "mah.base.check"
local compressed = require "mah.exchange.compressed"
local file = require "mah.base.file"
local joblib = require "mah.exchange.pickle.joblib"
local machine = require "mah.exchange.pickle.machine"
local names = require "mah.exchange.pickle.names"
local options_of = require "mah.exchange.given"
local sklearn = require "mah.exchange.sklearn"

local reader = { name = "scikit-learn (pickle, joblib)" }

local FIRST = 64 -- bytes that a pickle is known by
local LZ4 = "\4\34\77\24"

function reader.knows(head)
  local kind = compressed.kind(head)
  if kind == "bzip2" or kind == "xz" or head:sub(1, 4) == LZ4 then return true end
  if not kind then return machine.is(head) end
  local ok, first = pcall(compressed.unpack, head, "", FIRST)
  return ok and machine.is(first)
end

local find = names.with(joblib.names, sklearn.knows)

--- What the file holds, as data.
---@param path string
---@return any
function reader.data(path)
  local packed = file.read(path)
  check.that(packed:sub(1, 4) ~= LZ4, "%s: it is packed by LZ4, which Mah cannot unpack; "
    .. "joblib.dump(model, path, compress=\"gzip\") writes what it can", path)
  local content = compressed.kind(packed) and compressed.unpack(packed, path) or packed
  check.that(machine.is(content), "%s: it unpacks to something that is no pickle", path)
  return machine.read(bytes.reader(content, path), find, { hint = "; " .. sklearn.advice() })
end

function reader.read(path, given)
  options_of(given, {}, path, "a pickle of scikit-learn")
  return sklearn.estimator(reader.data(path), path)
end

return reader
