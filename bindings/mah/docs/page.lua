--- Pages of help, as texts: signature, description, arguments, options with defaults, example.
---
---     print(page.of(public.find(mah.train)))     print(page.named "fit")
local attributes = require "mah.docs.attributes"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"
local terminal = require "mah.base.terminal"

local page = {}

local function paint(style, text) return terminal.paint(style, text) end

-- -- Parts of a page ------------------------------------------------------------------------------

local function example_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local code = line:match "^%s%s%s%s(.*)$"
    if code then
      lines[#lines + 1] = "    " .. code
    elseif line == "" and #lines > 0 and lines[#lines] ~= "" then
      lines[#lines + 1] = ""
    elseif #lines > 0 then
      break
    end
  end
  while lines[#lines] == "" do lines[#lines] = nil end
  return table.concat(lines, "\n")
end

local function add_section(out, title, lines)
  if #lines == 0 then return end
  out[#out + 1] = ""
  out[#out + 1] = paint("heading", title)
  for _, line in ipairs(lines) do out[#out + 1] = line end
end

local function rows_of(arguments)
  local rows = {}
  for _, a in ipairs(arguments) do
    rows[#rows + 1] = { a.name or "", a.type or "", a.text or "" }
  end
  return rows
end

local function aligned(rows)
  if #rows == 0 then return {} end
  return { terminal.align(rows) }
end

local function option_rows(f)
  local found, names = rules.of(f), {}
  for name in pairs(found) do names[#names + 1] = name end
  table.sort(names)
  local rows = {}
  for _, name in ipairs(names) do
    local default = found[name].default
    if default ~= "" and default ~= "required" then default = "= " .. default end
    rows[#rows + 1] = { name, default, found[name].text, found[name].meaning }
  end
  return rows
end

--- The fields of a function's objects: of the class that it makes, and of what else it returns.
local function add_attributes(out, record)
  local own = record.name:match "[^.:]+$"
  add_section(out, "Attributes", aligned(rows_of(attributes.of(own))))
  for _, class in ipairs(attributes.returned(record.entry)) do
    local title = "Attributes of " .. class
    if class ~= own then add_section(out, title, aligned(rows_of(attributes.of(class)))) end
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
  return aligned(rows)
end

--- The methods of the class that a function makes objects of.
local function method_lines(record)
  local rows, class = {}, record.name:match "[^.]+$" .. ":"
  for _, other in ipairs(public.list()) do
    if other.name:sub(1, #class) == class then
      rows[#rows + 1] = { page.signature(other), other.summary or "" }
    end
  end
  return aligned(rows)
end

--- The whole text on one record.
---@param record table
---@return string
function page.of(record)
  local entry, head = record.entry, record.head
  local text = entry and entry.text ~= "" and entry.text or head or "There is no description."
  local place = record.place or record.module
  place = place and "   " .. paint("dim", place) or ""
  local out = { paint("name", page.signature(record)) .. place, "", text }
  if entry then
    add_section(out, "Arguments", aligned(rows_of(entry.arguments)))
    local returns = {}
    for _, r in ipairs(entry.returns) do returns[#returns + 1] = { r.type, r.text } end
    add_section(out, "Returns", aligned(returns))
  end
  if public.function_of(record.value) then
    add_section(out, "Options", aligned(option_rows(record.value)))
    add_section(out, "Methods", method_lines(record))
    add_attributes(out, record)
    local fitted = attributes.class(record.name:match "[^.:]+$") and {} or public.fitted(record)
    add_section(out, "After fit", #fitted > 0 and { table.concat(fitted, ", ") } or {})
  end
  if type(record.value) == "table" then
    add_section(out, "Members", member_lines(record))
  end
  local example = head and text ~= head and example_of(head) or ""
  add_section(out, "Example", example ~= "" and { example } or {})
  return table.concat(out, "\n")
end

-- -- What is asked for ----------------------------------------------------------------------------

--- A list of records, a line each.
---@param records table[]
---@return string
function page.list(records)
  local rows = {}
  for _, record in ipairs(records) do rows[#rows + 1] = { record.name, record.summary or "" } end
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

--- The records that mention a word, as a text.
---@param word string
---@return string
function page.search(word)
  local found = public.search(word)
  if #found == 0 then return ("Nothing mentions '%s'."):format(word) end
  return page.list(found)
end

return page
