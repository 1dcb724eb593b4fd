--- The page as one text: style, data and script are in it.
local escape = require("mah.report.inline").escape
local script = require "mah.report.store.script"
local style = require "mah.report.store.style"

--- Links to the files beside the page.
local function links(files)
  local list = {}
  for i, path in ipairs(files) do
    local name = path:match "[^/]+$"
    local target = name:gsub("[^%w._-]", function(c) return ("%%%02X"):format(c:byte()) end)
    list[i] = ('<a href="%s">%s</a>'):format(target, escape(name))
  end
  return table.concat(list, ", ")
end

local template = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
$REFRESH<title>$STORE</title>
<link rel="icon" href="data:,">
<style>
$STYLE</style>
</head>
<body>
<a class="skip" href="#trials">Skip to the trials</a>
<header>
<h1>$STORE</h1>
<p class="quiet">Written $TIME. In full: $FILES</p>
</header>
<main id="page"><noscript>The tables and charts of this page need JavaScript; the CSV files beside
it have all of it.</noscript></main>
<div id="tip" role="status" aria-live="polite"></div>
<script type="application/json" id="data">$DATA</script>
<script>
"use strict";
$SCRIPT</script>
</body>
</html>
]]

--- The page.
---@param o {store: string, data: string, files: string[], every: number|nil}   store: its name;
---  data: JSON; files: beside the page; every: it loads itself anew after so many seconds
---@return string
return function(o)
  local refresh = o.every and ('<meta name="mah-every" content="%g">\n'):format(o.every) or ""
  local parts = { STORE = escape(o.store), STYLE = style, SCRIPT = script, DATA = o.data,
    FILES = links(o.files), TIME = os.date "%Y-%m-%d %H:%M", REFRESH = refresh }
  return (template:gsub("%$(%u+)", parts))
end
