--- The tools that train_speed.lua compares: Mah, an older build, and the peers that are there.
---
---     local list, absent = tools.find { folder = ..., here = ..., program = ..., size = "quick",
---       older = "/path/of/mah", peers = { torch = true } }
---     list[1]:measure(task, threads)      -- a number; or nil, and why
---
--- Each tool has a name, a version, and `can`, the kinds of tasks that it does.
local mah = require "mah"
local json = require "mah.base.json"
local timing = require "timing"

local tools = {}

tools.names = { "sklearn", "torch", "openblas", "onednn", "onnx" }

--- A tool's answer: a number; or nil, and what it said instead.
local function read_answer(text)
  local value = tonumber(text)
  if value and value == value then return value end
  return nil, text and text ~= "" and text or "failed"
end

-- -- Programs that are started for each measurement -----------------------------------------------

local Command = {}
Command.__index = Command

function Command:measure(task, threads)
  return read_answer(timing.output_of(self.command(task, threads)))
end

--- The median seconds of processes that only begin.
local function start_seconds(command)
  return function(task)
    return timing.seconds_of(function() os.execute(command .. " >/dev/null 2>&1") end, task.lasts)
  end
end

local function own(o, name, program, alone)
  local tool = setmetatable({ name = name, is_own = true }, Command)
  tool.can = { epoch = true, iteration = true, proba = true, row = true, many = true, score = true,
    memory = true, bytes = true, start = true, tensor = true }
  tool.start = start_seconds(("'%s' -e 'require(\"mah\").zeros(1)'"):format(program))
  function tool.command(task, threads)
    if task.kind == "tensor" then
      return ("'%s' '%s/tensor_speed.lua' %s %d"):format(program, o.here, task.key, threads)
    end
    return ("'%s' '%s/train_speed_mah.lua' '%s' %d %s %s %s"):format(program, o.here, o.folder,
      threads, o.size, task.key, alone and "alone" or "")
  end
  return tool
end

--- Variables for the threads of OpenMP and the BLASes.
local function environment(threads)
  return ("OMP_NUM_THREADS=%d OPENBLAS_NUM_THREADS=%d MKL_NUM_THREADS=%d PYTHONDONTWRITEBYTECODE=1")
    :format(threads, threads, threads)
end

local function dense(o, name, program)
  local tool = setmetatable({ name = name }, Command)
  tool.can = { epoch = true, proba = true, row = true, many = true }
  function tool.command(task, threads)
    local is_training = task.kind == "epoch" or task.kind == "many"
    local columns, most = task.layers[1], is_training and task.rows or 1e9
    return ("%s '%s' '%s/%s_%d.npy' '%s/y_%d.npy' %s %s %d %d %s %s"):format(environment(threads),
      program, o.folder, is_training and "x" or "rows", columns, o.folder, columns, task.kind,
      task.networks and ("%dx%d"):format(task.networks, task.epochs) or task.lasts, most,
      task.batch, task.activation, table.concat(task.layers, " "))
  end
  return tool
end

-- -- Programs that stay, and answer line by line --------------------------------------------------

local Server = {}
Server.__index = Server

--- Starts the process, which answers into a named pipe.
function Server:start_process(threads)
  self:stop()
  local answers = ("%s/%s.answers"):format(self.folder, self.key)
  os.execute(("rm -f '%s'; mkfifo '%s'"):format(answers, answers))
  self.threads = threads
  self.input = io.popen(("%s %s >'%s'"):format(environment(threads),
    self.command:format(threads), answers), "w")
  self.output = io.open(answers)
end

function Server:stop()
  if not self.input then return end
  self.input:close()
  self.output:close()
  self.input, self.output = nil, nil
end

function Server:measure(task, threads)
  local is_fresh = task.kind == "memory"
  if not self.input or self.threads ~= threads or is_fresh then self:start_process(threads) end
  self.input:write((json.encode(task):gsub("\n%s*", " ")), "\n")
  self.input:flush()
  local answer = self.output:read()
  if not answer or is_fresh then self:stop() end
  return read_answer(answer)
end

local function server(o, key, name, command, can)
  local tool = setmetatable({ name = name, key = key, folder = o.folder, command = command,
    can = {} }, Server)
  for kind in can:gmatch "%a+" do tool.can[kind] = true end
  return tool
end

-- -- Which are there ------------------------------------------------------------------------------

local add = {}

function add.sklearn(o, list)
  local version = timing.version_of "sklearn"
  if not version then return "scikit-learn is not installed for " .. timing.python end
  for _, dtype in ipairs { "float64", "float32" } do
    local tool = server(o, "sklearn_" .. dtype, "scikit-learn " .. dtype,
      ("%s '%s/train_speed_sklearn.py' '%s' %s"):format(timing.python, o.here, o.folder, dtype),
      "epoch iteration proba row many memory" .. (dtype == "float64" and " start" or ""))
    tool.version = dtype == "float64" and "scikit-learn " .. version or nil
    tool.start = start_seconds(timing.python .. " -c 'import sklearn.neural_network'")
    list[#list + 1] = tool
  end
end

function add.torch(o, list)
  local version = timing.version_of "torch"
  if not version then return "PyTorch is not installed for " .. timing.python end
  local tool = server(o, "torch", "PyTorch",
    ("%s '%s/train_speed_torch.py' '%s' %%d"):format(timing.python, o.here, o.folder),
    "epoch proba row many memory start")
  tool.version = "PyTorch " .. version
  tool.start = start_seconds(timing.python .. " -c 'import torch'")
  list[#list + 1] = tool
end

local function add_dense(o, list, key, name)
  local program = ("%s/dense_%s"):format(o.folder, key)
  if not mah.file.exists(program) then
    return ("%s is not there, or dense_peer.c was not built with it"):format(name)
  end
  local tool = dense(o, "C on " .. name, program)
  tool.version = timing.output_of(("'%s' version"):format(program))
  list[#list + 1] = tool
end

function add.openblas(o, list) return add_dense(o, list, "openblas", "OpenBLAS") end

function add.onednn(o, list) return add_dense(o, list, "onednn", "oneDNN") end

function add.onnx(o, list)
  local modules = o.here .. "/../../build/onnxruntime/node_modules"
  local text = mah.file.exists(modules .. "/onnxruntime-node/package.json")
    and mah.file.read(modules .. "/onnxruntime-node/package.json")
  if not text or timing.output_of "node --version 2>/dev/null" == "" then
    return "ONNX Runtime: there is no Node, or no onnxruntime-node in build/onnxruntime"
  end
  local tool = server(o, "onnx", "ONNX Runtime",
    ("node '%s/train_speed_onnx.js' '%s' '%s' %%d"):format(o.here, modules, o.folder), "proba row")
  tool.version = "ONNX Runtime " .. json.decode(text).version
  list[#list + 1] = tool
end

--- The tools that are there, Mah first; and a sentence for each wanted peer that is not.
function tools.find(o)
  local list, absent = { own(o, "Mah", o.program) }, {}
  if o.older then list[2] = own(o, "older build", o.older, true) end
  for _, name in ipairs(tools.names) do
    if o.peers[name] then absent[#absent + 1] = add[name](o, list) end
  end
  return list, absent
end

function tools.stop(list)
  for _, tool in ipairs(list) do
    if tool.stop then tool:stop() end
  end
end

return tools
