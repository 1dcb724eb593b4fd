--- What the ranks of a study say to one another, as texts.
---
---     messages.encode{op = "start", turn = 3, jobs = {messages.job(trial)}}
---     messages.decode(text)
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"

local messages = {}

---@param message table
---@return string
function messages.encode(message)
  local text, problem = canonical.encode(message)
  return text or check.raise("a message to another rank cannot be written: %s", problem)
end

---@param text string
---@return table
function messages.decode(text)
  if text == "gone" then return { op = "gone" } end -- core/cluster/envoy.c
  return canonical.decode(text)
end

local plain = { string = true, number = true, boolean = true }

--- What a worker needs of a trial: all its plain values.
---@param trial table
---@return table
function messages.job(trial)
  local job = {}
  for name, value in pairs(trial) do
    if plain[type(value)] and value == value then job[name] = value end
  end
  return job
end

-- -- Numbers that may be NaN ----------------------------------------------------------------------

local function texts_of(numbers)
  local texts = {}
  for i, v in ipairs(numbers) do texts[i] = ("%.17g"):format(v) end
  return texts
end

local function numbers_of(texts)
  local numbers = {}
  for i, text in ipairs(texts) do numbers[i] = tonumber(text) or 0 / 0 end
  return numbers
end

--- {epoch, value} of a report as texts, and back.
messages.report, messages.read_report = texts_of, numbers_of

-- -- Results --------------------------------------------------------------------------------------

--- Rows of study:results() as texts.
---@param rows table[]
---@return string[]
function messages.rows(rows)
  local list = {}
  for i, row in ipairs(rows) do
    local copy = {}
    for name, value in pairs(row) do copy[name] = value end
    local curve = row.curve
    copy.curve = curve and { epochs = texts_of(curve.epochs), values = texts_of(curve.values) }
    list[i] = messages.encode(copy)
  end
  return list
end

--- The rows again.
---@param list string[]
---@return table[]
function messages.read_rows(list)
  local rows = {}
  for i, text in ipairs(list) do
    local row = canonical.decode(text)
    if row.curve then
      local epochs, values, at = numbers_of(row.curve.epochs), numbers_of(row.curve.values), {}
      for k, epoch in ipairs(epochs) do at[epoch] = values[k] end
      row.curve = { epochs = epochs, values = values, at = at }
    end
    rows[i] = row
  end
  return rows
end

return messages
