--- Pages of help, as texts: signature, description, arguments, options with defaults, example.
---
---     print(page.of(public.find(mah.train)))     print(page.named "fit")
local attributes = require "mah.docs.attributes"
local entries = require "mah.docs.entries"
local examples = require "mah.docs.examples"
local layout = require "mah.docs.layout"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"
local terminal = require "mah.base.terminal"

local page = {}

local function paint(style, text) return terminal.paint(style, text) end

-- -- Parts of a page ------------------------------------------------------------------------------

local function add_section(out, title, lines)
  if #lines == 0 then return end
  out[#out + 1] = ""
  out[#out + 1] = paint("heading", title)
  for _, line in ipairs(lines) do out[#out + 1] = line end
end

local function rows_of(arguments)
  local rows = {}
  for i, a in ipairs(arguments) do rows[i] = { a.name or "", a.type or "", a.text or "" } end
  return rows
end

--- Rows whose first cells are names.
local function laid_out(rows)
  for _, row in ipairs(rows) do
    if #row > 1 then row[1] = paint("name", row[1]) end
  end
  return layout.rows(rows, layout.room())
end

local function with_default(option)
  return (option.default == "" or option.default == "required") and option.default
    or "= " .. option.default
end

local function option_rows(f)
  local found, names = rules.of(f), {}
  for name in pairs(found) do names[#names + 1] = name end
  table.sort(names)
  local rows = {}
  for i, name in ipairs(names) do
    rows[i] = { name, with_default(found[name]), found[name].text, found[name].meaning }
  end
  return rows
end

--- The fields of what a function returns.
local function add_returned(out, record)
  for _, class in ipairs(attributes.returned(record.entry)) do
    if class ~= public.made_by(record) then
      add_section(out, "Attributes of " .. class, laid_out(rows_of(public.fields(class))))
    end
  end
end

--- "mah.train(net, data, given)", "tensor:exp()", "mah.stop".
---@param record table
---@return string
function page.signature(record)
  local f = public.function_of(record.value)
  if not f or record.name:find "^tensor%." then return record.name end
  local params = record.entry and record.entry.params
  if not params then params = public.signature(f) end
  local arguments = params == "(...)" and record.entry and record.entry.arguments or {}
  if arguments[1] and arguments[1].name ~= "..." then -- it counts them, so they have no names there
    local names = {}
    for i, argument in ipairs(arguments) do names[i] = argument.name end
    params = "(" .. table.concat(names, ", ") .. ")"
  end
  if record.name:find ":" and not (record.entry and (record.entry.name or ""):find ":") then
    params = params:gsub("^%(%s*[%w_]+%s*,?%s*", "(") -- the method's own object
  end
  return record.name .. params
end

local function member_lines(record)
  local rows = {}
  for _, other in ipairs(public.list()) do
    if other.name:sub(1, #record.name + 1) == record.name .. "." then
      rows[#rows + 1] = { page.signature(other), other.summary or "" }
    end
  end
  return laid_out(rows)
end

--- Attributes and methods of a class.
local function add_class(out, class)
  add_section(out, "Attributes", laid_out(rows_of(public.fields(class))))
  local rows = {}
  for _, other in ipairs(public.list()) do
    if other.name:sub(1, #class + 1) == class .. ":" then
      rows[#rows + 1] = { page.signature(other), other.summary or "" }
    end
  end
  add_section(out, "Methods", laid_out(rows))
end

--- The name with its parameters, and where it comes from.
local function head_lines(record)
  local signature, place = page.signature(record), record.place or record.module
  local lines = layout.wrap(signature, layout.room())
  for i, line in ipairs(lines) do
    lines[i] = (i > 1 and "    " or "") .. paint("name", line)
  end
  if place and terminal.width(signature .. "   " .. place) <= layout.room() then
    lines[1] = lines[1] .. "   " .. paint("dim", place)
  end
  return lines
end

local function add_function(out, record)
  local class = public.made_by(record)
  add_section(out, "Options", laid_out(option_rows(record.value)))
  if class then
    add_class(out, class)
    local fitted = #public.fields(class) == 0 and public.fitted(record) or {}
    add_section(out, "After fit", layout.text(table.concat(fitted, ", "), layout.room()))
  end
  add_returned(out, record)
end

--- The whole text on one record, for the terminal.
---@param record table
---@return string
function page.of(record)
  local entry, head = record.entry, record.head
  local text = entry and entry.text ~= "" and entry.text or head or "There is no description."
  local out = head_lines(record)
  out[#out + 1] = ""
  for _, line in ipairs(layout.text(text, layout.room())) do out[#out + 1] = line end
  if entry then
    add_section(out, "Arguments", laid_out(rows_of(entry.arguments)))
    local returns = {}
    for i, r in ipairs(entry.returns) do returns[i] = { r.type, r.text } end
    add_section(out, "Returns", laid_out(returns))
  end
  if public.function_of(record.value) then add_function(out, record) end
  if record.class then add_class(out, record.class) end
  if type(record.value) == "table" then add_section(out, "Members", member_lines(record)) end
  local example = head and text ~= head and examples.of(head)
  add_section(out, "Example", example and layout.code(example, layout.room()) or {})
  return table.concat(out, "\n")
end

-- -- What is asked for ----------------------------------------------------------------------------

--- A list of names with a line each, cut where the terminal ends.
---@param rows string[][]   {name, text}
---@return string
local function cut_list(rows)
  local lines = {}
  for line in terminal.align(rows):gmatch "[^\n]+" do
    local room = terminal.columns() - 1
    if terminal.width(line) > room then
      line = line:sub(1, room - 3):gsub("[\192-\255][\128-\191]*$", "") .. "..."
    end
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

--- A list of records, a line each.
---@param records table[]
---@return string
function page.list(records)
  local rows = {}
  for i, record in ipairs(records) do rows[i] = { record.name, record.summary or "" } end
  return cut_list(rows)
end

--- mah's own function of that name, or else the first, and the list of all.
local function of_several(name, found)
  local first = found[1]
  for _, record in ipairs(found) do
    if record.name == "mah." .. name then first = record end
  end
  return page.of(first) .. "\n\n" .. paint("heading", "Also") .. "\n" .. page.list(found)
end

--- The page on a name, whole or its last part; nil when nothing has it.
---@param name string
---@return string|nil
function page.named(name)
  local found = public.named(name)
  if #found > 1 then return of_several(name, found) end
  return found[1] and page.of(found[1])
end

--- "mah.train and 3 more", of an option; "an MLPClassifier", of an attribute.
local function owners_of(entry)
  local count = #entry.owners
  return entry.owners[1] .. (count > 1 and (" and %d more"):format(count - 1) or "")
end

--- The options and attributes of that name ("alpha", "MLPClassifier.alpha"), with the pages that
--- have them; nil when there is none.
---@param name string
---@return string|nil
function page.entry(name)
  local found, out = entries.named(name), {}
  if #found == 0 then return nil end
  for i, entry in ipairs(found) do
    if i > 1 then out[#out + 1] = "" end
    out[#out + 1] = ("%s   an %s of %s"):format(paint("name", entry.name), entry.kind,
      owners_of(entry))
    for _, line in ipairs(layout.rows({ { with_default(entry), entry.type, entry.text } },
      layout.room())) do out[#out + 1] = line end
    for k, line in ipairs(layout.wrap("?" .. table.concat(entry.owners, " ?"), layout.room() - 7))
    do out[#out + 1] = (k > 1 and "       " or "  more ") .. paint("dim", line) end
  end
  return table.concat(out, "\n")
end

--- The records, options and attributes that mention a word, as a text; nil when none does.
---@param word string
---@return string|nil
function page.mentions(word)
  local rows, parts = {}, {}
  local records = public.search(word)
  for _, entry in ipairs(entries.search(word)) do
    rows[#rows + 1] = { entry.name, entry.kind .. " of " .. owners_of(entry), entry.text }
  end
  if #records > 0 then parts[1] = page.list(records) end
  if #rows > 0 then
    parts[#parts + 1] = paint("heading", "Options and attributes") .. "\n" .. cut_list(rows)
  end
  return #parts > 0 and table.concat(parts, "\n\n") or nil
end

--- The same, or that there is nothing.
---@param word string
---@return string
function page.search(word)
  return page.mentions(word) or ("Nothing mentions '%s'."):format(word)
end

return page
