--- Markdown of one's own as blocks of a page: paragraphs, headings, lists, code between lines of
--- ```; within them `code`, **strong**, *emphasis* and [links](https://...).
---
---     prose.add(page, "# What decides\n\nThe **fare** does:\n\n- first class\n- others")
---
--- # and ## are sections, which the contents name; ### and below are smaller headings.
local inline = require "mah.report.inline"

local prose = {}

-- -- Blocks ---------------------------------------------------------------------------------------

--- A text as it stands: braces are no places for values.
local function paragraph(page, lines)
  page:text("{text}", { text = table.concat(lines, " ") })
end

--- A name for links: the letters of a title, with a number behind it when it is taken.
---@param page table
---@param title string
---@return string
function prose.id(page, title)
  local id = title:lower():gsub("[`*]", ""):gsub("[%s%p]+", "-"):gsub("^-+", ""):gsub("-+$", "")
  id = id == "" and "section" or id
  local taken = {}
  for _, section in ipairs(page.sections) do taken[section.id] = true end
  local found, n = id, 1
  while taken[found] do
    n = n + 1
    found = id .. "-" .. n
  end
  return found
end

--- Program text, as it is.
---@param page table
---@param text string
---@param wraps boolean|nil   long lines go on in the next one
function prose.code(page, text, wraps)
  page:add {
    html = function()
      return ('<pre dir="ltr"%s><code>%s</code></pre>'):format(wraps and ' class="wrap"' or "",
        inline.escape(text))
    end,
    markdown = function() return "```\n" .. text .. "\n```" end,
  }
end

--- A list; numbered: 1, 2 ...
---@param page table
---@param items string[]
---@param numbered boolean|nil
function prose.list(page, items, numbered)
  local tag = numbered and "ol" or "ul"
  page:add {
    html = function()
      local out = { "<" .. tag .. ">" }
      for i, item in ipairs(items) do out[i + 1] = "<li>" .. inline.html(item) .. "</li>" end
      return table.concat(out, "\n") .. "\n</" .. tag .. ">"
    end,
    markdown = function()
      local out = {}
      for i, item in ipairs(items) do out[i] = (numbered and i .. ". " or "- ") .. item end
      return table.concat(out, "\n")
    end,
  }
end

local function heading(page, level, title)
  if level > 2 then return page:heading(title) end
  page:section { id = prose.id(page, title), title = title }
end

-- -- Reading --------------------------------------------------------------------------------------

local function item_of(line)
  local item = line:match "^%s*[-*+]%s+(.+)$"
  if item then return item, "bullets" end
  item = line:match "^%s*%d+[.)]%s+(.+)$"
  return item, item and "numbers"
end

--- The lines from `at` on up to the closing fence, or the end; and the place behind.
local function fenced(lines, at)
  local out = {}
  while lines[at] and not lines[at]:find "^```%s*$" do
    out[#out + 1], at = lines[at], at + 1
  end
  return table.concat(out, "\n"), at + 1
end

--- Items of one list; a line that is set in goes on with the item above.
local function listed(lines, at, kind)
  local items = {}
  while lines[at] do
    local item, found = item_of(lines[at])
    if found == kind then
      items[#items + 1] = item
    elseif not found and lines[at]:find "^%s+%S" then
      items[#items] = items[#items] .. " " .. lines[at]:match "^%s*(.-)%s*$"
    else
      break
    end
    at = at + 1
  end
  return items, at
end

local function begins_block(line)
  return line:find "^```" or line:find "^#+%s+%S" or item_of(line) ~= nil or not line:find "%S"
end

local function joined(lines, at)
  local words = { lines[at]:match "^%s*(.-)%s*$" }
  at = at + 1
  while lines[at] and not begins_block(lines[at]) do
    words[#words + 1], at = lines[at]:match "^%s*(.-)%s*$", at + 1
  end
  return words, at
end

--- Where all lines are set in alike, as in a long string of a script, that is taken away.
local function lines_of(text)
  local lines, margin = {}, nil
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = line
    local space = line:match "^([ \t]*)%S"
    if space and (#lines > 1 or space ~= "") then
      margin = math.min(margin or #space, #space)
    end
  end
  for i, line in ipairs(lines) do
    local space = #line:match "^[ \t]*"
    lines[i] = line:sub(math.min(margin or 0, space) + 1)
  end
  return lines
end

--- Puts the blocks of a text on the page.
---@param page table
---@param text string
function prose.add(page, text)
  local lines, at = lines_of(text), 1
  while lines[at] do
    local line = lines[at]
    local marks, title = line:match "^(#+)%s+(.-)%s*$"
    local _, kind = item_of(line)
    local block
    if line:find "^```" then
      block, at = fenced(lines, at + 1)
      prose.code(page, block)
    elseif marks then
      heading(page, #marks, title)
      at = at + 1
    elseif kind then
      block, at = listed(lines, at, kind)
      prose.list(page, block, kind == "numbers")
    elseif line:find "%S" then
      block, at = joined(lines, at)
      paragraph(page, block)
    else
      at = at + 1
    end
  end
end

return prose
