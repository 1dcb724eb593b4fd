--- `mah --doc --html DIR`: the reference as pages that a browser opens from the disk: contents, a
--- page for each class and part, a search over all names, options and attributes, the tutorial and
--- the examples. No server, no network. (lua-ldoc would lay out such pages, too, but it reads
--- neither LuaCATS types nor our rules of options, nor what is made in loops.)
---
---     require "mah.docs.html" "out/doc"
local css = require "mah.report.css"
local entries = require "mah.docs.entries"
local entry = require "mah.docs.html.entry"
local file = require "mah.base.file"
local glob = require "mah.base.glob"
local json = require "mah.base.json"
local pages = require "mah.docs.html.pages"
local places = require "mah.base.places"
local public = require "mah.docs.public"
local script = require "mah.docs.html.script"
local style = require "mah.docs.html.style"
local text = require "mah.docs.html.text"

local escape = text.escape

local template = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$TITLE - Mah</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="mah.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="home" href="index.html">Mah <small>$VERSION</small></a>
<div class="search"><input id="search" type="search" placeholder="Search  ( / )"
aria-label="Search names, options and attributes" autocomplete="off" role="combobox"
aria-expanded="false" aria-controls="found" aria-autocomplete="list">
<ul id="found" role="listbox" aria-label="Found" hidden></ul></div>
</header>
<div class="columns">
<nav aria-label="Contents"><details id="contents" open><summary>Contents</summary>
$CONTENTS</details></nav>
<main id="main">
<h1>$TITLE</h1>
$TEXT</main>
</div>
<script src="search.js"></script>
<script src="mah.js"></script>
</body>
</html>
]]

-- -- Tutorial and examples ------------------------------------------------------------------------

--- A script as a page: its head as text, the rest as code. {file, title, html}
local function script_page(path, kind)
  local name = path:match "([^/]+)%.lua$"
  local head, rest, in_head = {}, {}, true
  for line in (file.read(path) .. "\n"):gmatch "([^\n]*)\n" do
    local comment = in_head and line:match "^%-%-%-? ?(.*)$"
    in_head = comment ~= nil and comment ~= false
    if in_head then head[#head + 1] = comment else rest[#rest + 1] = line end
  end
  local said = table.concat(head, "\n")
  local title = said:match "^([^\n]*)" or name
  local body = said:match "^[^\n]*\n%s*(.*)$" or ""
  local code = table.concat(rest, "\n"):gsub("^%s+", ""):gsub("%s+$", "")
  return { file = ("%s-%s.html"):format(kind, name), title = title:gsub("%.$", ""),
    name = kind == "example" and name or nil,
    html = text.prose(body) .. ("<p><code>mah examples %s</code></p>"):format(escape(
      kind == "example" and name or "tutorial/" .. name)) .. text.code(code) }
end

--- The scripts of a folder with a number in front.
local function scripts_in(folder, kind)
  local list = {}
  for _, path in ipairs(folder and glob.matching(folder) or {}) do
    if path:find "/%d[^/]*%.lua$" then list[#list + 1] = script_page(path, kind) end
  end
  return list
end

-- -- Contents -------------------------------------------------------------------------------------

local function add_list(out, title, items)
  if #items == 0 then return end
  out[#out + 1] = ("<h2>%s</h2>\n<ul>\n%s\n</ul>"):format(escape(title), table.concat(items, "\n"))
end

local function item(target, shown, more)
  return ('<li><a href="%s">%s</a>%s</li>'):format(escape(target), escape(shown),
    more and more ~= "" and " <span>" .. text.line(more) .. "</span>" or "")
end

--- The contents: of the side of each page, or with a sentence each for the first page.
local function contents(chapters, samples, is_long)
  local out, list = {}, {}
  for i, chapter in ipairs(chapters) do
    list[i] = item(chapter.file, is_long and chapter.title or chapter.title:match "^[^:]*")
  end
  add_list(out, "Tutorial", list)
  for _, wing in ipairs(pages.wings) do
    list = {}
    for _, page in ipairs(pages.list()) do
      if page.wing == wing[1] then
        local more = is_long and page.key == page.title and (page.records[1].summary or "") or nil
        list[#list + 1] = item(page.file, page.title, more)
      end
    end
    add_list(out, wing[2], list)
  end
  list = {}
  for i, sample in ipairs(samples) do
    list[i] = is_long and item(sample.file, sample.name, sample.title)
      or item(sample.file, sample.name)
  end
  add_list(out, "Examples", list)
  return table.concat(out, "\n")
end

-- -- Pages ----------------------------------------------------------------------------------------

--- What is on a page, with a line for each entry.
local function overview(page)
  if #page.records < 3 then return "" end
  local rows = {}
  for i, record in ipairs(page.records) do
    rows[i] = { ('<a href="#%s"><code>%s</code></a>'):format(escape(record.name),
      escape(record.name)), text.line(record.summary or "") }
  end
  return text.table(rows, "overview")
end

local function page_html(page)
  local out = { overview(page) }
  for _, record in ipairs(page.records) do out[#out + 1] = entry.html(record) end
  return table.concat(out, "\n")
end

--- What the search looks through: {name, what it is, a sentence, where}.
local function index(chapters, samples)
  local list = {}
  for _, record in ipairs(public.list()) do
    list[#list + 1] = { record.name, record.class and "class" or "", record.summary or "",
      pages.address(record.name) }
  end
  for _, one in ipairs(entries.list()) do
    local owner = one.owners[1]
    local address = pages.address(owner) or pages.address("mah." .. owner)
    if address then
      list[#list + 1] = { one.name, one.kind .. " of " .. owner, one.text,
        address:gsub("#.*", "") .. "#" .. owner .. "." .. one.name }
    end
  end
  for _, group in ipairs { chapters, samples } do
    for _, page in ipairs(group) do
      list[#list + 1] = { page.name or page.title, page.name and "example" or "tutorial",
        page.title, page.file }
    end
  end
  return list
end

--- Writes all pages into a folder, which is made.
---@param folder string
return function(folder)
  file.make_directory(folder)
  local examples = places.examples()
  local chapters = scripts_in(examples and examples .. "tutorial/", "tutorial")
  local samples = scripts_in(examples, "example")
  local side = contents(chapters, samples)
  local function write(name, title, html)
    local parts = { TITLE = escape(title), VERSION = require("mah").version, CONTENTS = side,
      TEXT = html }
    file.write(folder .. "/" .. name, (template:gsub("%$(%u+)", parts)))
  end
  write("index.html", "Mah", "<p>" .. text.line(public.module("mah").summary) .. "</p>\n"
    .. contents(chapters, samples, true))
  for _, page in ipairs(pages.list()) do write(page.file, page.title, page_html(page)) end
  for _, group in ipairs { chapters, samples } do
    for _, page in ipairs(group) do write(page.file, page.title, page.html) end
  end
  file.write(folder .. "/mah.css", css .. style)
  file.write(folder .. "/mah.js", script)
  file.write(folder .. "/search.js", ("const INDEX = %s;\n"):format(json.encode(index(chapters,
    samples))))
  print(("%d pages in %s/index.html"):format(#pages.list() + #chapters + #samples + 1, folder))
end
