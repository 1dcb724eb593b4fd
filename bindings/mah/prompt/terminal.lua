--- What the terminal on standard output can do, and text in colours.
---
---     local terminal = require "mah.prompt.terminal"
---     print(terminal.paint("error", "no"), terminal.columns(), terminal.depth())
---
--- Colours: --color=always|never|auto (in $MAH_COLOR); auto: on a terminal, unless NO_COLOR is set.
local size = require "mah.base.terminal"

local getenv = os.getenv

local terminal = { columns = size.columns, rows = size.rows }

function terminal.is_terminal() return size.is_terminal(1) end

local function set(name)
  local value = getenv(name)
  return value ~= nil and value ~= ""
end

local function depth_of_terminal()
  local term, color = getenv "TERM" or "", getenv "COLORTERM" or ""
  if color == "truecolor" or color == "24bit" or term:find "direct" or term:find "kitty" then
    return "true"
  end
  return term:find "256" and "256" or "16"
end

--- How many colours: "none", "16", "256" or "true".
---@return string
function terminal.depth()
  local when, term = getenv "MAH_COLOR" or "auto", getenv "TERM"
  if when == "never" then return "none" end
  if when == "always" then
    local depth = depth_of_terminal()
    return depth == "16" and "256" or depth
  end
  if set "NO_COLOR" or not term or term == "dumb" or not terminal.is_terminal() then
    return "none"
  end
  return depth_of_terminal()
end

--- Does the locale have more than ASCII? One that says nothing does.
---@return boolean
function terminal.unicode()
  if getenv "TERM" == "dumb" then return false end
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = getenv(name)
    if value and value ~= "" then return value:lower():find "utf%-?8" ~= nil end
  end
  return true
end

--- "kitty" when the terminal shows PNG pictures by kitty's protocol, else nil. Inside of tmux and
--- screen the pictures would not arrive.
---@return string|nil
function terminal.graphics()
  if terminal.depth() == "none" or not terminal.is_terminal() or set "TMUX" or set "STY" then
    return nil
  end
  local program = getenv "TERM_PROGRAM" or ""
  local knows = set "KITTY_WINDOW_ID" or getenv "TERM" == "xterm-kitty" or program == "WezTerm"
    or program == "ghostty"
  return knows and "kitty" or nil
end

local styles = {
  prompt = "1;34", error = "1;31", dim = "2", name = "36", string = "32", number = "33",
  heading = "1", constant = "35",
}

--- The text in a style; as it is where there are no colours.
---@param style string
---@param text string
---@return string
function terminal.paint(style, text)
  if terminal.depth() == "none" then return text end
  return "\27[" .. styles[style] .. "m" .. text .. "\27[0m"
end

--- How many characters of a terminal the text takes: escape sequences take none, and of UTF-8 only
--- the first bytes count. (East Asian wide characters count 1.)
---@param text string
---@return integer
function terminal.width(text)
  text = text:gsub("\27%[[%d;]*m", "")
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

return terminal
