--- `mah --doc DIR`: the reference as Markdown, a page for each wing and one for each class, and
--- mah.lua with definitions for lua-language-server, all from the comments in the source.
---
---     require "mah.docs.reference" "out/doc"
local check = require "mah.base.check"
local content = require "mah.docs.content"
local definitions = require "mah.docs.definitions"
local file = require "mah.base.file"
local page = require "mah.docs.page"
local public = require "mah.docs.public"

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

local function named_rows(list)
  local rows = {}
  for i, one in ipairs(list) do rows[i] = { code(one.name), code(one.type), one.text } end
  return rows
end

local function option_rows(list)
  local rows = {}
  for i, option in ipairs(list) do
    rows[i] = { code(option.name), code(option.text), code(option.default), option.meaning }
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
  local said = content.of(record)
  out[#out + 1] = ("\n### %s\n"):format(said.signature)
  out[#out + 1] = prose(said.text)
  add_table(out, "Arguments", { "name", "type", "" }, named_rows(said.arguments))
  for _, r in ipairs(said.returns) do
    out[#out + 1] = ("\nReturns `%s` %s"):format(r.type, r.text)
  end
  add_table(out, "Options", { "name", "may be", "default", "" }, option_rows(said.options))
  add_table(out, "Attributes", { "name", "type", "" }, named_rows(said.attributes))
  if said.example then out[#out + 1] = "\nExample\n\n```lua\n" .. said.example .. "\n```" end
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
