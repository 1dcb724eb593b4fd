--- Claims of the report that is reproduced, decided by numbers.
---
---     claim.check({
---       id = "overfitting", text = {en = , fa = }, rule = {en = , fa = },
---       decide = function(s, r)              -- s: the study's Summary, r: the report
---         return verdict, values             -- claim.yes, claim.no or claim.depends
---       end,
---       measured = {en = "{gap:4}", fa = }, why = {en = , fa = },  -- places: names of the values
---     }, s, r)
---
--- `why` may also be a table with a text for each verdict. timed = true: the numbers are times,
--- which differ from run to run.
local claim = { yes = "reproduced", no = "not reproduced", depends = "depends" }

claim.labels = {
  [claim.yes] = { en = "reproduced", fa = "بازتولید شد" },
  [claim.no] = { en = "not reproduced", fa = "بازتولید نشد" },
  [claim.depends] = { en = "depends", fa = "بستگی دارد" },
}

--- What pages and counts call a verdict.
claim.classes = { [claim.yes] = "yes", [claim.no] = "no", [claim.depends] = "depends" }

local lacking = {
  en = "None of the trials that would decide this finished.",
  fa = "هیچ‌یک از آزمون‌هایی که این را تعیین می‌کرد به پایان نرسید.",
}

-- -- Deciding -------------------------------------------------------------------------------------

--- a - b as a number of standard errors is noise below two: "more", "less" or "same". `margin`:
--- what is too small to matter, whatever the noise.
---@param a {mean: number, error: number}
---@param b {mean: number, error: number}
---@param margin number|nil
---@return "more"|"less"|"same" order, number difference, number limit
function claim.compare(a, b, margin)
  local difference = a.mean - b.mean
  local limit = math.max(margin or 0, 2 * math.sqrt(a.error ^ 2 + b.error ^ 2))
  if math.abs(difference) <= limit then return "same", difference, limit end
  return difference > 0 and "more" or "less", difference, limit
end

--- yes when all are true, no when none is, else depends.
---@param ... boolean
function claim.share(...)
  local count, n = 0, select("#", ...)
  for i = 1, n do count = count + (select(i, ...) and 1 or 0) end
  return count == n and claim.yes or count == 0 and claim.no or claim.depends
end

-- -- Checking -------------------------------------------------------------------------------------

local function text_of(text, verdict)
  return text[verdict] or text
end

--- Decides a claim: {id, text, rule, verdict, values, measured, why, timed}.
---@param given table
---@param summary table
---@param report table
function claim.check(given, summary, report)
  local result = { id = given.id, text = given.text, rule = given.rule,
    timed = given.timed or false }
  local verdict, values
  if #summary > 0 then verdict, values = given.decide(summary, report) end
  if verdict == nil then
    result.verdict, result.measured, result.why, result.values = claim.depends, lacking, lacking, {}
    return result
  end
  assert(claim.labels[verdict], "a claim's verdict is yes, no or depends")
  result.verdict, result.values = verdict, values or {}
  result.measured, result.why = text_of(given.measured, verdict), text_of(given.why, verdict)
  return result
end

return claim
