--- Reads the comments of a module's source: LuaCATS annotations, as editors do.
---
---     local module = annotations.read(text)
---     module.head                          -- the text at the file's start
---     module.at[128].name                  -- the function that is defined in line 128
---
--- An entry: {name, params = "(a, b)", line, text, summary, arguments = {{name, type, text}},
--- returns = {{type, text}}, fields = {{name, type, text, hidden}}, operators = {"add(tensor):
--- tensor"}, aliases = {{name, type}}, class, parent}. A field that is `private` or `protected` is
--- hidden.
local annotations = {}

--- Takes a LuaCATS type off the text's start: up to a space outside of brackets, but a `|` or `,`
--- (and the `:` of fun()) holds on.
local function split_type(text)
  local depth, i = 0, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == '"' then i = text:find('"', i + 1, true) or i end -- "top left" is one word
    if c:find "[%(%[{<]" then depth = depth + 1 elseif c:find "[%)%]}>]" then depth = depth - 1 end
    local holds_on = text:sub(i - 1, i - 1):find "[|,:]" or text:find("^%s+|", i)
    if depth == 0 and c == " " and not holds_on then break end
    i = i + 1
  end
  return text:sub(1, i - 1), (text:sub(i):gsub("^%s+", ""))
end

local readers = {}

function readers.param(entry, rest)
  local name, after = rest:match "^(%S+)%s*(.*)$"
  local kind, text = split_type(after or "")
  entry.arguments[#entry.arguments + 1] = { name = name, type = kind, text = text }
end

readers["return"] = function(entry, rest)
  local kind, text = split_type(rest)
  entry.returns[#entry.returns + 1] = { type = kind, text = text }
end

local scopes = { private = true, protected = true, package = true, public = false }

function readers.field(entry, rest)
  local name, after = rest:match "^(%S+)%s*(.*)$"
  local hidden = scopes[name]
  if hidden ~= nil then name, after = after:match "^(%S+)%s*(.*)$" end
  local kind, text = split_type(after or "")
  local field = { name = name, type = kind, text = text, hidden = hidden or nil }
  entry.fields[#entry.fields + 1] = field
end

--- "add(tensor|number): tensor"
function readers.operator(entry, rest) entry.operators[#entry.operators + 1] = rest end

function readers.alias(entry, rest)
  local name, kind = rest:match "^([%w_.]+)%s+(.*)$"
  entry.aliases[#entry.aliases + 1] = { name = name, type = (split_type(kind)) }
end

function readers.class(entry, rest)
  entry.class, entry.parent = rest:match "^([%w_.]+)", rest:match "^[%w_.]+%s*:%s*([%w_.]+)"
end

--- The first sentence of a text. It ends before a capital letter: "0 ... 1" and "RFC 4180: a" go
--- on.
function annotations.summary(text)
  local paragraph = text:match "^(.-)\n%s*\n" or text
  paragraph = paragraph:gsub("\n%s%s%s%s.*", ""):gsub("%s*\n%s*", " ")
  local sentence = paragraph:match "^(.-[^.][.?!])%s+%u" or paragraph
  return (sentence:gsub("[%s:]+$", ""))
end

--- {{mah.learn.activation.hidden_names}} in a comment stands for what this function gives: a list
--- that is written elsewhere.
local function fill_in(text)
  return (text:gsub("{{(mah[%w_.]*)%.([%w_]+)}}", function(module, name)
    return require(module)[name]()
  end))
end

--- An entry from the lines of a comment, without their `---`.
---@param lines string[]
---@return table
function annotations.entry(lines)
  local entry, text = { arguments = {}, returns = {}, fields = {}, operators = {},
    aliases = {} }, {}
  local tag, rest -- the annotation that a line may go on with
  local function finish()
    if tag and readers[tag] then readers[tag](entry, rest) end
    tag = nil
  end
  for _, line in ipairs(lines) do
    local new_tag, new_rest = line:match "^@(%a+)%s*(.*)$"
    if new_tag then
      finish()
      tag, rest = new_tag, new_rest
    elseif tag and line:match "^%s%s" then
      rest = rest .. " " .. line:match "^%s*(.-)%s*$"
    else
      finish()
      text[#text + 1] = line:gsub("^ ", "")
    end
  end
  finish()
  entry.text = fill_in(table.concat(text, "\n"):gsub("^%s*\n", ""):gsub("%s+$", ""))
  entry.summary = annotations.summary(entry.text)
  return entry
end

local definitions = {
  "^%s*local%s+function%s+([%w_]+)%s*(%b())",
  "^%s*function%s+([%w_.:]+)%s*(%b())",
  "^%s*local%s+([%w_]+)%s*=%s*function%s*(%b())",
  '^%s*([%w_.%["%]]+)%s*=%s*function%s*(%b())',
  "^%s*return%s+(function)%s*(%b())",
  "^%s*local%s+([%w_]+)%s*=",
}

local function definition(line)
  for _, pattern in ipairs(definitions) do
    local name, params = line:match(pattern)
    if name then return name, params end
  end
end

--- The classes that a comment declares; what stands before the first is its text.
local function add_classes(classes, block)
  local lines
  for i, line in ipairs(block) do
    if line:match "^@class%s" then
      lines = lines and {} or { unpack(block, 1, i - 1) }
    end
    if lines then lines[#lines + 1] = line end
    local next_line = block[i + 1]
    if lines and (not next_line or next_line:match "^@class%s") then
      local entry = annotations.entry(lines)
      classes[#classes + 1], classes[entry.class] = entry, entry
    end
  end
end

--- Reads a whole source.
---@param text string
---@return {head: string, summary: string?, at: table<integer, table>,
---  classes: table, aliases: table[]}   the classes' entries as a list, and by name
function annotations.read(text)
  local module = { head = "", at = {}, classes = {}, aliases = {} }
  local block, number, is_head = {}, 0, true
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    local comment = line:match "^%s*%-%-%-(.*)$"
    if comment and not comment:match "^%-" then
      block[#block + 1] = comment
    else
      local name, params = definition(line)
      if is_head and #block > 0 and (not params or number > 1) then
        local entry = annotations.entry(block)
        is_head = false
        if not params then module.head, module.summary = entry.text, entry.summary end
      end
      local entry = #block > 0 and annotations.entry(block) or nil
      if entry and entry.class then add_classes(module.classes, block) end
      for _, alias in ipairs(entry and entry.aliases or {}) do
        alias.text = entry.text
        module.aliases[#module.aliases + 1] = alias
      end
      if name and params then
        entry = entry or annotations.entry {}
        entry.name, entry.params, entry.line = name, params, number
        entry.documented = entry.text ~= "" or #entry.arguments > 0 or #entry.returns > 0
        module.at[number] = entry
      end
      block = {}
      if line:match "%S" and not line:match "^%s*%-%-" then is_head = false end
    end
  end
  return module
end

return annotations
