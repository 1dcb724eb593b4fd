--- A report's language: texts that stand side by side as {en = , fa = }, with places for numbers.
---
---     local en, fa = mah.report.Language.of("en"), mah.report.Language.of("fa")
---     local text = {en = "{best:4} at {rate}", fa = "{best:4} با {rate}"}
---     print(en:say(text, {best = 0.97, rate = 0.1}))  --> 0.9700 at 0.1
---     print(fa:say(text, {best = 0.97, rate = 0.1}))  --> ۰٫۹۷۰۰ با ۰٫۱
---     print(en:pick(text), en:number(0.25, "%1"), en:value({1, 2}))
---     --> {best:4} at {rate} 25.0% 1, 2
---     print(en:say("{n} {n|row says|rows say} little", {n = 1}))  --> 1 row says little
---     print(en:spread({mean = 0.9712, sd = 0.0031, n = 5}, 4))  --> 0.9712 ± 0.0031
---
--- A place is {name}, {name:4} (four decimals), {name:%1} (percent, one decimal) or {name:+4} (with
--- its sign); {name|row|rows} is the first word where the value is 1, and else the second.
local class = require "mah.base.class"
local locale = require "mah.draw.locale"

--- A language that reports are written in.
---@class language
---@field name "en"|"fa" its name
---@field locale table its digits, see mah.locale
---@field rtl boolean is it written from right to left?
local Language = class.new("a language", "language")

--- The language of that name.
---@param name "en"|"fa"
---@return language
function Language.of(name)
  return setmetatable({ name = name, locale = locale.of(name), rtl = name == "fa" }, Language)
end

--- The text in this language; a plain string is the same in all.
---@param text string|table
---@return string
function Language:pick(text)
  if type(text) ~= "table" then return tostring(text) end
  return text[self.name] or error("a text lacks the language " .. self.name, 2)
end

--- A number in this language's digits.
---@param value number
---@param format string|nil   "4", "%1", "+4"
---@return string
function Language:number(value, format)
  local kind, decimals = (format or ""):match "^([%%+]?)(%d*)$"
  decimals = tonumber(decimals)
  if kind == "%" then return self.locale:percent(value, decimals) end
  local text = self.locale:number(value, decimals)
  if kind == "+" and value > 0 then text = "+" .. text end
  -- A left-to-right mark keeps the sign on the number's left in a Persian sentence.
  return self.rtl and (value < 0 or kind == "+") and "\226\128\142" .. text or text
end

--- Any value as a word of a sentence: numbers in digits, means with their spread, texts picked,
--- lists with commas.
---@param value any
---@param format string|nil
---@return string
function Language:value(value, format)
  if type(value) == "number" then return self:number(value, format) end
  if type(value) == "table" and value.mean then return self:spread(value, format or "") end
  if type(value) == "table" and value[1] ~= nil then
    local words = {}
    for i, one in ipairs(value) do words[i] = self:value(one, format) end
    return table.concat(words, self.rtl and "، " or ", ")
  end
  return self:pick(value)
end

local RLM = "\226\128\143"
local HYPHEN = "\226\128\145" -- one that does not break

--- Latin words on both sides of a stop would be read as one: the stop is made to go right to left.
local function keep_order(text)
  for _, stop in ipairs { "%.", "،", "؛", ":" } do
    text = text:gsub("(%a" .. stop .. ") ", "%1" .. RLM .. " ")
  end
  return (text:gsub("L%-BFGS", "L" .. HYPHEN .. "BFGS"))
end

--- The text with its places filled in. A place without a value is an error.
---@param text string|table
---@param values table|nil
---@return string
function Language:say(text, values)
  local function value_of(name)
    local value = values and values[name]
    if value == nil then error(("no value for {%s} in: %s"):format(name, self:pick(text)), 5) end
    return value
  end
  local said = self:pick(text):gsub("{([%a_][%w_]*)|([^|{}]*)|([^|{}]*)}", function(name, one, many)
    return value_of(name) == 1 and one or many
  end)
  said = said:gsub("{([%a_][%w_]*):?([%%+]?%d*)}", function(name, format)
    return self:value(value_of(name), format)
  end)
  return self.rtl and keep_order(said) or said
end

local LTR, END = "\226\129\166", "\226\129\169" -- what stands between goes left to right

--- A moment.
---
---     print(mah.report.Language.of("en"):date(0))  --> 1970-01-01 00:00 UTC
---@param seconds number|nil   since 1970; now by default
---@return string
function Language:date(seconds)
  local text = os.date("!%Y-%m-%d %H:%M UTC", seconds)
  if not self.rtl then return text end
  return LTR .. text:gsub("%d", function(digit) return self.locale:digits(digit) end) .. END
end

local durations = {
  { 3600, { en = "{a} h {b} min", fa = "{a} ساعت و {b} دقیقه" }, 60 },
  { 60, { en = "{a} min {b} s", fa = "{a} دقیقه و {b} ثانیه" }, 1 },
  { 10, { en = "{a} s", fa = "{a} ثانیه" } },
  { 0, { en = "{a:1} s", fa = "{a:1} ثانیه" } },
}

--- How long something took.
---
---     print(mah.report.Language.of("en"):duration(555))  --> 9 min 15 s
---@param seconds number
---@return string
function Language:duration(seconds)
  if seconds >= 10 then seconds = math.floor(seconds + 0.5) end
  for _, one in ipairs(durations) do
    local unit, text, smaller = unpack(one)
    if seconds >= unit then
      local a = smaller and math.floor(seconds / unit) or seconds
      return self:say(text, { a = a, b = smaller and math.floor(seconds % unit / smaller) })
    end
  end
end

--- "0.9712 ± 0.0031", or the mean alone when there is one value only.
---@param m described   mean, sd and n
---@param decimals integer|string
---@return string
function Language:spread(m, decimals)
  local text = self:number(m.mean, tostring(decimals))
  if m.n < 2 then return text end
  return text .. " ± " .. self:number(m.sd, tostring(decimals))
end

return Language
