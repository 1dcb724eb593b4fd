--- Languages of figures: digits, separators, direction and the few words that figures add.
---
---     local fa = mah.locale.of "fa"
---     print(fa:number(0.25, 2), fa.words.count)   --> ۰٫۲۵ تعداد
local check = require "mah.base.check"
local class = require "mah.base.class"
local text = require "mah.draw.text"

local LONGEST = 200 -- characters of a name

local locale = {}
--- How figures of a language write numbers, of mah.locale.of.
---@class language
---@field name "en"|"fa"
---@field rtl boolean                    is it written from the right?
---@field words table<string, string>    the words that figures add: "count", "true label" ...
---@field number fun(self: language, v: number, decimals: integer|nil, digits: integer|nil): string
---  with so many decimals, or as many as it needs, up to 4 significant digits unless told
---@field percent fun(self: language, share: number, decimals: integer|nil): string   0 ... 1 as 0%
---  ... 100%
---@field power fun(self: language, exponent: integer): string   a power of ten, "10⁻³"
---@field digits fun(self: language, numeral: string): string    a numeral in the language's digits
---@field numeral fun(self: language, numeral: string): string   the same of what "%g" writes
---@field label fun(self: language, v: any): string   numbers in its digits, other text as it is
local Locale = class.new("a language", "language", "words")

local languages = {
  en = {
    rtl = false,
    words = { truth = "true label", predicted = "predicted label", right = "(right)",
      count = "count", density = "density", weight = "weight", arrow = "→",
      chance = "chance", false_positives = "false positive rate",
      true_positives = "true positive rate", recall = "recall", precision = "precision",
      probability = "mean predicted probability", fraction = "fraction of positives",
      calibrated = "perfectly calibrated", actual = "actual value", predicted_value =
      "predicted value", residual = "actual − predicted", score = "score",
      train_score = "training", test_score = "validation", samples = "training samples",
      importance = "decrease in score", area = "area", learning_rate = "learning rate",
      loss = "loss", smoothed = "smoothed", mini_batch = "mini-batch" },
  },
  fa = {
    rtl = true,
    words = { truth = "برچسب واقعی", predicted = "برچسب پیش‌بینی‌شده", right = "(محور راست)",
      count = "تعداد", density = "چگالی", weight = "وزن", arrow = "←",
      chance = "تصادف", false_positives = "نرخ مثبت کاذب", true_positives = "نرخ مثبت درست",
      recall = "بازیابی", precision = "دقت", probability = "میانگین احتمال پیش‌بینی‌شده",
      fraction = "سهم مثبت‌ها", calibrated = "کالیبراسیون کامل", actual = "مقدار واقعی",
      predicted_value = "مقدار پیش‌بینی‌شده", residual = "واقعی − پیش‌بینی‌شده", score = "امتیاز",
      train_score = "آموزش", test_score = "اعتبارسنجی", samples = "نمونه‌های آموزش",
      importance = "کاهش امتیاز", area = "سطح", learning_rate = "نرخ یادگیری",
      loss = "زیان", smoothed = "هموارشده", mini_batch = "دستهٔ کوچک" },
  },
}

local persian = { ["."] = "٫", [","] = "٬", ["%"] = "٪" }
for digit = 0, 9 do persian[tostring(digit)] = "\219" .. string.char(0xB0 + digit) end

--- Options' rule: {default, values, nil, text}.
locale.rule = { "en", { "en", "fa" }, nil, "of the figure's own words, digits and direction: "
  .. "English, or Persian, from the right" }

--- The language of that name, which writes numbers as figures do.
---
---     local fa = mah.locale.of "fa"
---     print(fa:number(0.25, 2), fa:percent(0.875), fa.words.count)   --> ۰٫۲۵ ۸۸٪ تعداد
---     print(mah.locale.of("en"):number(12345.678), mah.locale.of("en"):power(-3))
---     --> 1.235×10⁴ 10⁻³
---@param name string   "en" or "fa"
---@return language
function locale.of(name)
  check.that(languages[name], "lang must be en or fa; got %s", check.show(name))
  return setmetatable({ name = name, rtl = languages[name].rtl, words = languages[name].words },
    Locale)
end

--- A numeral written in ASCII, in this language's digits and with a real minus.
---@param s string
---@return string
function Locale:digits(s)
  s = s:gsub("%-", "−")
  if self.name == "fa" then s = s:gsub("[%d.,%%]", persian) end
  return s
end

local superscripts = { ["-"] = "⁻", ["0"] = "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" }

--- A power of ten: "10⁻³".
---@return string
function Locale:power(exponent)
  return self:digits "10" .. tostring(exponent):gsub("[-%d]", function(c)
    return superscripts[tonumber(c) and c ~= "0" and tonumber(c) or c]
  end)
end

--- Thousands are grouped from 10,000 on.
local function group(s)
  local sign, whole, rest = s:match "^(%-?)(%d+)(.*)$"
  if not whole or #whole < 5 then return s end
  whole = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. whole .. rest
end

--- A numeral as "%g" writes it, with a power of ten in place of its exponent.
---@param s string   "1500", "-1.5e-07"
---@return string
function Locale:numeral(s)
  local mantissa, exponent = s:match "^(.-)e([-+]%d+)$"
  if not mantissa then return self:digits(group(s)) end
  return self:digits(mantissa) .. "×" .. self:power(tonumber(exponent))
end

--- A number with so many decimals, or with as many as it needs (up to `digits` significant ones).
---@param v number
---@param decimals integer|nil
---@param digits integer|nil   4
---@return string
function Locale:number(v, decimals, digits)
  if v ~= v then return "–" end
  if math.abs(v) == math.huge then return v > 0 and "∞" or "−∞" end
  if v == 0 then v = 0 end -- not -0
  if not decimals and v % 1 == 0 and math.abs(v) < 1e7 then
    return self:numeral(("%d"):format(v))
  end
  if not decimals or math.abs(v) >= 1e15 then
    return self:numeral(("%%.%dg"):format(digits or 4):format(v))
  end
  local s = ("%%.%df"):format(decimals):format(v)
  return self:numeral(tonumber(s) == 0 and s:gsub("^%-", "") or s)
end

--- A share (0 ... 1) in percent.
---@return string
function Locale:percent(v, decimals)
  if v ~= v then return "–" end
  return self:number(100 * v, decimals or 0) .. (self.name == "fa" and "٪" or "%")
end

--- A name that the user gave: numbers, and text that is nothing but a number, in this language's
--- digits.
---@return string
function Locale:label(v)
  if type(v) == "number" then return self:number(v) end
  v = tostring(v)
  if v:find "^%-?%d[%d.,]*%%?$" then v = self:digits(v) end
  return text.cut(v, LONGEST)
end

return locale
