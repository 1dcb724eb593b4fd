--- Texts of the documentation in HTML: paragraphs, tables, code in colours, types, and names that
--- are links to their pages.
---
---     text.prose("See mah.train.\n\n    mah.train(net, data)")
---     text.type "network|nil"
local attributes = require "mah.docs.attributes"
local examples = require "mah.docs.examples"
local inline = require "mah.report.inline"
local layout = require "mah.docs.layout"
local pages = require "mah.docs.html.pages"

local text = {}

local escape = inline.escape
text.escape = escape

--- A link to a name's page, or the name as it is.
local function link(name, shown)
  local address = pages.address(name)
  return address and ('<a href="%s">%s</a>'):format(escape(address), escape(shown)) or escape(shown)
end

--- The names of Mah in a text as links: mah.train, study:run; not at a sentence's end "mah.train."
local function with_links(plain)
  local out, from = {}, 1
  for at, name, to in plain:gmatch "()([%a_][%w_]*[.:][%w_.:]*[%w_])()" do
    out[#out + 1] = escape(plain:sub(from, at - 1)) .. link(name, name)
    from = to
  end
  return table.concat(out) .. escape(plain:sub(from))
end

--- A line of prose: names are links, `what stands so` is code.
---@param line string
---@return string
function text.line(line)
  local out, from = {}, 1
  for at, code, to in line:gmatch "()`([^`]+)`()" do
    out[#out + 1] = with_links(line:sub(from, at - 1))
    out[#out + 1] = "<code>" .. with_links(code) .. "</code>"
    from = to
  end
  return table.concat(out) .. with_links(line:sub(from))
end

--- A type, whose classes are links.
---@param kind string
---@return string
function text.type(kind)
  local out, from = {}, 1
  for at, name, to in kind:gmatch "()([%a_][%w_.]*)()" do
    local class = attributes.class(name)
    local address = (not class or class.name == name) and name or ""
    if name == "mah.Table" or name == "mah.Column" or name == "mah.Sparse" then
      address = name:match "%.(.*)":lower()
    end
    local quoted = kind:sub(at - 1, at - 1):find "[\"']"
    out[#out + 1] = escape(kind:sub(from, at - 1)) .. (quoted and name or link(address, name))
    from = to
  end
  return "<code>" .. table.concat(out) .. escape(kind:sub(from)) .. "</code>"
end

-- -- Code -----------------------------------------------------------------------------------------

local keywords = {}
for word in ([[and break do else elseif end false for function if in local nil not or repeat return
  then true until while]]):gmatch "%S+" do keywords[word] = true end

local function span(class, piece)
  return ('<span class="%s">%s</span>'):format(class, escape(piece))
end

local lexer = {
  { "^%-%-%[%[.-%]%]", "c" }, { "^%-%-[^\n]*", "c" }, { '^"[^"\n]*"', "s" }, { "^'[^'\n]*'", "s" },
  { "^%[%[.-%]%]", "s" }, { "^%d[%w.]*", "n" },
}

--- Lua in colours, with the names of Mah as links.
---@param code string
---@return string
function text.code(code)
  local out, at = {}, 1
  while at <= #code do
    local piece, class
    for _, rule in ipairs(lexer) do
      piece = piece or code:match(rule[1], at)
      class = class or piece and rule[2]
    end
    if piece then
      out[#out + 1] = span(class, piece)
    else
      piece = code:match("^[%a_][%w_]*[.:]?[%w_.]*", at) or code:sub(at, at)
      local name = piece:match "^mah%.[%w_.]*%w" or piece
      if keywords[piece] then
        out[#out + 1] = span("k", piece)
      elseif piece:find "^mah%." then
        piece = name
        out[#out + 1] = link(name, name)
      else
        piece = piece:match "^[%a_][%w_]*" or piece
        out[#out + 1] = keywords[piece] and span("k", piece) or escape(piece)
      end
    end
    at = at + #piece
  end
  return "<pre><code>" .. table.concat(out) .. "</code></pre>"
end

-- -- Prose ----------------------------------------------------------------------------------------

--- Rows of cells (HTML) as a table; `class` of the table.
---@param rows string[][]
---@param class string
---@param heads string[]|nil
---@return string
function text.table(rows, class, heads)
  local out = { ('<div class="scroll"><table class="%s">'):format(class) }
  if heads then
    out[#out + 1] = "<thead><tr><th>" .. table.concat(heads, "</th><th>") .. "</th></tr></thead>"
  end
  out[#out + 1] = "<tbody>"
  for _, row in ipairs(rows) do
    local id = row.id and (' id="%s"'):format(escape(row.id)) or ""
    out[#out + 1] = ("<tr%s><td>%s</td></tr>"):format(id, table.concat(row, "</td><td>"))
  end
  return table.concat(out, "\n") .. "</tbody></table></div>"
end

local function block(lines)
  local rows = layout.cells(lines)
  if not rows then return "<pre>" .. escape(table.concat(lines, "\n")) .. "</pre>" end
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do row[i] = text.line(cell) end
  end
  return text.table(rows, "plain")
end

local function add_prose(out, lines)
  local paragraph, indented, list = {}, {}, {}
  local function finish()
    if #paragraph > 0 then
      out[#out + 1] = "<p>" .. text.line(table.concat(paragraph, " ")) .. "</p>"
    end
    if #indented > 0 then out[#out + 1] = block(indented) end
    for i, item in ipairs(list) do list[i] = "<li>" .. text.line(item) .. "</li>" end
    if #list > 0 then out[#out + 1] = "<ul>" .. table.concat(list, "\n") .. "</ul>" end
    paragraph, indented, list = {}, {}, {}
  end
  for _, line in ipairs(lines) do
    local item = line:match "^[*-] (.*)"
    if line == "" then
      finish()
    elseif item then
      if #list == 0 then finish() end
      list[#list + 1] = item
    elseif line:find "^%s" and #list > 0 then
      list[#list] = list[#list] .. " " .. line:match "^%s*(.*)"
    elseif line:find "^%s" then
      if #paragraph > 0 then finish() end
      indented[#indented + 1] = line
    else
      if #indented > 0 or #list > 0 then finish() end
      paragraph[#paragraph + 1] = line
    end
  end
  finish()
end

--- A whole text.
---@param said string
---@return string
function text.prose(said)
  local out = {}
  for _, piece in ipairs(examples.pieces(said)) do
    if piece.code then
      out[#out + 1] = text.code(table.concat(piece.lines, "\n"))
    else
      add_prose(out, piece.lines)
    end
  end
  return table.concat(out, "\n")
end

return text
