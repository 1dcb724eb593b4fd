--- High, mid and low: the words of tables 1 and 2, cut from numbers by one rule.
local levels = {}

local NEAR, FAR = 0.01, 0.03   -- of accuracy, below the best
local MANY, FEW = 2 / 3, 1 / 3 -- of the most iterations

levels.names = {
  high = { en = "high", fa = "بالا" },
  mid = { en = "mid", fa = "متوسط" },
  low = { en = "low", fa = "پایین" },
}

levels.rule = {
  en = "Accuracy is high within {near:2} of the best mean, mid within {far:2}, else low. "
    .. "Iterations are high above two thirds of the largest mean, low below one third of it, else "
    .. "mid.",
  fa = "دقت تا فاصلهٔ {near:2} از بهترین میانگین «بالا»، تا {far:2} «متوسط» و وگرنه «پایین» است. "
    .. "تعداد تکرار بالای دو سوم بزرگ‌ترین میانگین «بالا»، زیر یک سوم آن «پایین» و وگرنه «متوسط» "
    .. "است.",
}
levels.values = { near = NEAR, far = FAR }

--- The word of an accuracy, given the best one.
function levels.accuracy(value, best)
  if value >= best - NEAR then return "high" end
  return value >= best - FAR and "mid" or "low"
end

--- The word of a number of iterations, given the largest one.
function levels.iterations(value, most)
  if value > MANY * most then return "high" end
  return value < FEW * most and "low" or "mid"
end

--- The three words of each setting, by its x.
---@param s table    a Summary
---@return table<string, {train: string, test: string, n_iter: string}>
function levels.cut(s)
  local result = {}
  local train, test = s:best("train").train.mean, s:best("test").test.mean
  local most = s:best("n_iter").n_iter.mean
  for _, setting in ipairs(s) do
    result[setting.x] = {
      train = levels.accuracy(setting.train.mean, train),
      test = levels.accuracy(setting.test.mean, test),
      n_iter = levels.iterations(setting.n_iter.mean, most),
    }
  end
  return result
end

return levels
