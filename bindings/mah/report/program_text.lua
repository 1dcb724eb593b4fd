--- The text of a function, as it stands in its file or was typed.
---
---     program_text.of(f, "report:code")   --> "function(x)\n  return x\nend"
local check = require "mah.base.check"
local code = require "mah.sweep.code"

local program_text = {}

local function text_of(f, source)
  local lookup = code.sources[source]
  if lookup then return lookup(f) end
  if source:sub(1, 1) == "@" then
    local file = io.open(source:sub(2), "rb")
    local text = file and file:read "*a"
    if file then file:close() end
    return text
  end
  return source:sub(1, 1) ~= "=" and source or nil
end

--- Takes away what all lines are set in by.
local function set_out(lines)
  local margin
  for _, line in ipairs(lines) do
    local space = line:match "^(%s*)%S"
    if space then margin = math.min(margin or #space, #space) end
  end
  for i, line in ipairs(lines) do lines[i] = line:sub((margin or 0) + 1) end
  return table.concat(lines, "\n")
end

--- The lines of a function, from where it begins to where it ends.
---@param f function
---@param where string
---@return string
function program_text.of(f, where)
  local info = debug.getinfo(f, "S")
  check.that(info.what ~= "C", "%s: the function is not written in Lua; it has no text", where)
  local text = text_of(f, info.source)
  check.that(text, "%s: the text of the function (%s) cannot be read; give it as a string", where,
    info.short_src)
  local lines, number = {}, 0
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    if number >= info.linedefined and number <= info.lastlinedefined then
      lines[#lines + 1] = line
    end
  end
  return set_out(lines)
end

return program_text
