--- One function, class or part of the reference in HTML: signature, text, arguments, options,
--- attributes.
local examples = require "mah.docs.examples"
local options = require "mah.base.options"
local page = require "mah.docs.page"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"
local text = require "mah.docs.html.text"

local entry = {}

local escape = text.escape

local function code(said) return said == "" and "" or "<code>" .. escape(said) .. "</code>" end

local function add_table(out, title, rows, heads)
  if #rows == 0 then return end
  out[#out + 1] = "<h4>" .. title .. "</h4>\n" .. text.table(rows, "entries", heads)
end

local function option_rows(record)
  local declared, rows, names = options.declared[record.name] or {}, {}, {}
  for name in pairs(declared) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local said = rules.text(declared[name])
    rows[i] = { code(name), code(said.text), code(said.default), text.line(said.meaning),
      id = record.name .. "." .. name }
  end
  return rows
end

local function field_rows(class)
  local rows = {}
  for i, field in ipairs(public.fields(class)) do
    rows[i] = { code(field.name), text.type(field.type), text.line(field.text),
      id = class .. "." .. field.name }
  end
  return rows
end

local function arguments(out, record)
  local said, rows, results = record.entry, {}, {}
  for i, a in ipairs(said and said.arguments or {}) do
    rows[i] = { code(a.name), text.type(a.type), text.line(a.text) }
  end
  for i, r in ipairs(said and said.returns or {}) do
    results[i] = { text.type(r.type), text.line(r.text) }
  end
  add_table(out, "Arguments", rows)
  add_table(out, "Returns", results)
end

--- The whole entry.
---@param record table
---@return string
function entry.html(record)
  local name, class = record.name, record.class or public.made_by(record)
  local out = { ('<section class="entry" id="%s">'):format(escape(name)),
    ('<h3><a class="self" href="#%s"><code>%s</code></a></h3>'):format(escape(name),
      escape(page.signature(record))) }
  local said, head = record.entry and record.entry.text or "", record.head or ""
  out[#out + 1] = text.prose(said ~= "" and said or head)
  arguments(out, record)
  add_table(out, "Options", option_rows(record), { "", "may be", "default", "" })
  if class then add_table(out, "Attributes", field_rows(class)) end
  local example = said ~= "" and head ~= said and examples.of(head)
  if example then out[#out + 1] = "<h4>Example</h4>\n" .. text.code(example) end
  out[#out + 1] = "</section>"
  return table.concat(out, "\n")
end

return entry
