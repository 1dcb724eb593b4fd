--- What a Ctrl-C left: the estimators whose fit it stopped, and the call that goes on.
---
---     print(kept.text "clf:fit(x, y)")    --> clf is kept ... clf:resume(x, y) goes on
local kept = {}

local told = setmetatable({}, { __mode = "k" }) -- stop reasons that were shown

local function stopped(value)
  local reason = type(value) == "table" and rawget(value, "stop_reason_")
  return type(reason) == "table" and reason.rule == "interrupted" and not told[reason] and reason
end

--- A line for each global whose fit was stopped since the last call; nil when there is none.
---@param code string   the chunk that ran
---@return string|nil
function kept.text(code)
  local lines = {}
  for name, value in next, _G do
    local reason = type(name) == "string" and name ~= "_" and stopped(value)
    if reason then
      told[reason] = true
      local arguments = code:match("%f[%w_]" .. name .. "%s*:%s*%w+%s*(%b())") or "(x, y)"
      lines[#lines + 1] = ("%s is kept as it was after epoch %d; %s:resume%s goes on"):format(name,
        reason.epoch, name, arguments)
    end
  end
  table.sort(lines)
  return #lines > 0 and table.concat(lines, "\n") or nil
end

return kept
