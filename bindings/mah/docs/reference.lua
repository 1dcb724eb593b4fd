--- `mah --doc DIR`: the reference as Markdown, a page for each wing and one for each class, and
--- mah.lua with definitions for lua-language-server, all from the comments in the source.
---
---     require "mah.docs.reference" "out/doc"
local check = require "mah.base.check"
local definitions = require "mah.docs.definitions"
local file = require "mah.base.file"
local page = require "mah.docs.page"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"

local titles = {
  base = "Files, options, progress", tensor = "Tensors", data = "Data",
  learn = "Networks and training", draw = "Pictures", sweep = "Sweeps",
  prepare = "Preparation and selection", report = "Reports", prompt = "The prompt",
}
local wings = { "tensor", "data", "learn", "draw", "sweep", "prepare", "report", "prompt",
  "base" }

-- -- Which page -----------------------------------------------------------------------------------

--- The wing of a record's module: "learn" of "mah.learn.train".
local function wing_of(record)
  local wing = (record.module or ""):match "^mah%.(%w+)"
  return titles[wing] and wing or "base"
end

--- Wing -> records: a page each. Classes are on the page of the wing that they come from.
local function arrange(records)
  local pages = {}
  for _, record in ipairs(records) do
    local wing = wing_of(record)
    pages[wing] = pages[wing] or {}
    pages[wing][#pages[wing] + 1] = record
  end
  return pages
end

-- -- Markdown -------------------------------------------------------------------------------------

local function cell(text) return (tostring(text):gsub("|", "\\|"):gsub("\n", " ")) end

local function add_table(out, title, heads, rows)
  if #rows == 0 then return end
  out[#out + 1] = ("\n%s\n"):format(title)
  out[#out + 1] = "| " .. table.concat(heads, " | ") .. " |"
  out[#out + 1] = "|" .. (" --- |"):rep(#heads)
  for _, row in ipairs(rows) do
    local cells = {}
    for i, text in ipairs(row) do cells[i] = cell(text) end
    out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
end

local function code(text) return text ~= "" and "`" .. text .. "`" or "" end

local function argument_rows(entry)
  local rows = {}
  for _, a in ipairs(entry.arguments) do
    rows[#rows + 1] = { code(a.name), code(a.type), a.text }
  end
  return rows
end

local function option_rows(f)
  local rows, names, found = {}, {}, rules.of(f)
  for name in pairs(found) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    rows[i] = { code(name), code(found[name].default), code(found[name].text) }
  end
  return rows
end

--- Text as Markdown: what is indented (examples, tables of options in plain text) becomes code.
local function prose(text)
  local out, inside = {}, false
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local indented = line:match "^%s%s" ~= nil
    if indented and not inside then out[#out + 1] = "\n```" end
    if inside and not indented and line ~= "" then out[#out + 1] = "```\n" end
    if indented or line ~= "" then inside = indented end
    out[#out + 1] = line
  end
  if inside then out[#out + 1] = "```" end
  return table.concat(out, "\n")
end

local function add_record(out, record)
  local entry = record.entry
  out[#out + 1] = ("\n### %s\n"):format(page.signature(record))
  local text = entry and entry.text ~= "" and entry.text or record.head or ""
  out[#out + 1] = prose(text)
  if entry then
    add_table(out, "Arguments", { "name", "type", "" }, argument_rows(entry))
    for _, r in ipairs(entry.returns) do
      out[#out + 1] = ("\nReturns `%s` %s"):format(r.type, r.text)
    end
  end
  if public.function_of(record.value) then
    add_table(out, "Options", { "name", "default", "" }, option_rows(record.value))
  end
end

local function page_text(wing, records)
  local out = { "# " .. titles[wing] }
  for _, record in ipairs(records) do add_record(out, record) end
  return table.concat(out, "\n") .. "\n"
end

--- GitHub's anchor of a heading.
local function anchor(record)
  return (page.signature(record):lower():gsub("[^%w%s_-]", ""):gsub(" ", "-"))
end

local function index_text(pages)
  local out = { "# Reference", "\nWritten by `mah --doc` from the comments in the source." }
  for _, wing in ipairs(wings) do
    if pages[wing] then
      out[#out + 1] = ("\n## [%s](%s.md)\n"):format(titles[wing], wing)
      for _, record in ipairs(pages[wing]) do
        out[#out + 1] = ("* [%s](%s.md#%s): %s"):format(record.name, wing, anchor(record),
          record.summary or "")
      end
    end
  end
  return table.concat(out, "\n") .. "\n"
end

--- Writes index.md, a page for each wing, and mah.lua into a folder, which is made.
---@param folder string
---@param is_html boolean|nil   pages of HTML
return function(folder, is_html)
  check.that(type(folder) == "string" and folder ~= "", "mah --doc: a folder is expected, got %s",
    check.show(folder))
  if is_html then return require "mah.docs.html"(folder) end
  file.make_directory(folder)
  local records = public.list()
  local pages = arrange(records)
  for wing, list in pairs(pages) do
    file.write(("%s/%s.md"):format(folder, wing), page_text(wing, list))
  end
  file.write(folder .. "/index.md", index_text(pages))
  file.write(folder .. "/mah.lua", (definitions.text()))
  print(("%d entries in %s"):format(#records, folder))
end
