--- Others who read ONNX files, where they are: python3-onnx, and ONNX Runtime for Node and browsers
--- out of build/onnxruntime (scripts/test.sh installs it where npm is).
---
---     local found = tools.check(folder)               -- {["a.onnx"] = {nodes = ...}}
---     local outputs = tools.run("node", folder, { { model = "a.onnx", inputs = ... } })
local mah = require "mah"

local tools = {}

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local root = here .. "../../../"
local modules = root .. "build/onnxruntime/node_modules"

local function succeeds(command) return os.execute(command .. " >/dev/null 2>&1") == 0 end

--- Is it there? false, and why not.
function tools.has_checker()
  return succeeds "/usr/bin/python3 -c 'import onnx'", "there is no python3-onnx"
end

---@param kind "node"|"web"
function tools.has_runtime(kind)
  local folder = modules .. "/onnxruntime-" .. kind
  return succeeds("{ node --version; } >/dev/null && test -d " .. folder),
    "there is no Node, or no " .. folder
end

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- What python3-onnx's checker says of all files of a folder.
function tools.check(folder)
  return mah.json.decode(output_of(("/usr/bin/python3 %sonnx_check.py %s"):format(here, folder)))
end

--- Runs models of a folder; see onnx_run.js.
---@param kind "node"|"web"
---@param cases table[]
---@return table[]
function tools.run(kind, folder, cases)
  mah.file.write(folder .. "/cases.json", mah.json.encode(cases))
  os.remove(folder .. "/outputs.json")
  local absolute = output_of("cd " .. modules .. " && pwd"):gsub("\n", "")
  local command = ("node %sonnx_run.js %s %s %s 2>&1"):format(here, kind, absolute, folder)
  local said = output_of(command)
  if not mah.file.exists(folder .. "/outputs.json") then error(said) end
  return mah.json.decode(mah.file.read(folder .. "/outputs.json"))
end

local special = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

--- A number as the file has it.
function tools.number(value) return special[value] or value end

local function of_number(value)
  if value ~= value then return "nan" end
  if value == math.huge then return "inf" end
  return value == -math.huge and "-inf" or value
end

--- A tensor or a column's list as an input.
function tools.input(value)
  if type(value) == "table" then
    local data, kind = {}, "float64"
    for _, entry in ipairs(value) do kind = type(entry) == "string" and "string" or kind end
    for i, entry in ipairs(value) do
      data[i] = kind == "string" and (entry ~= entry and "" or entry) or of_number(entry)
    end
    return { type = kind, dims = { #value, 1 }, data = data }
  end
  local data, flat = {}, value:contiguous():view(value:numel())
  for i = 1, #flat do data[i] = of_number(flat[i]) end
  return { type = value.dtype, dims = value.shape, data = data }
end

return tools
