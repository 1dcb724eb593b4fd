--- One function, class or part of the reference in HTML: signature, text, arguments, options,
--- attributes.
local content = require "mah.docs.content"
local text = require "mah.docs.html.text"

local entry = {}

local escape = text.escape

local function code(said) return said == "" and "" or "<code>" .. escape(said) .. "</code>" end

local function add_table(out, title, rows, heads)
  if #rows == 0 then return end
  out[#out + 1] = "<h4>" .. title .. "</h4>\n" .. text.table(rows, "entries", heads)
end

local function option_rows(said, name)
  local rows = {}
  for i, option in ipairs(said.options) do
    local default = code(option.default)
    if option.default ~= "required" then default = default:gsub("<code", '%0 class="default"') end
    rows[i] = { code(option.name), code(option.text), default, text.line(option.meaning),
      id = name .. "." .. option.name }
  end
  return rows
end

--- Of arguments; and of attributes, which have an id each.
local function named_rows(list, class)
  local rows = {}
  for i, one in ipairs(list) do
    rows[i] = { code(one.name), text.type(one.type), text.line(one.text),
      id = class and class .. "." .. one.name }
  end
  return rows
end

local function result_rows(list)
  local rows = {}
  for i, r in ipairs(list) do rows[i] = { text.type(r.type), text.line(r.text) } end
  return rows
end

--- The whole entry.
---@param record table
---@return string
function entry.html(record)
  local name, said = record.name, content.of(record)
  local out = { ('<section class="entry" id="%s">'):format(escape(name)),
    ('<h3><a class="self" href="#%s"><code>%s</code></a></h3>'):format(escape(name),
      escape(said.signature)) }
  out[#out + 1] = text.prose(said.text)
  add_table(out, "Arguments", named_rows(said.arguments))
  add_table(out, "Returns", result_rows(said.returns))
  add_table(out, "Options", option_rows(said, name), { "", "may be", "default", "" })
  add_table(out, "Attributes", named_rows(said.attributes, said.class))
  if said.example then out[#out + 1] = "<h4>Example</h4>\n" .. text.code(said.example) end
  out[#out + 1] = "</section>"
  return table.concat(out, "\n")
end

return entry
