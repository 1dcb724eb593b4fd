--- The page as Markdown, figures as PNG.
---
---     local page = mah.report.Page.new{}
---     page:text("Hello.")
---     print((mah.report.markdown.write(page, "Training", "the end"):gsub("\n+", " ")))
---     --> # Training Hello. the end
local write = {}

function write.own(page, block) return block.markdown(page) end

--- One line of text in which nothing is taken for a table's border.
local function flat(text) return (text:gsub("%s*\n%s*", " "):gsub("|", "\\|")) end

local function captioned(block)
  local label = block.label and ("**%s.** "):format(block.label) or ""
  return label .. (block.caption or "")
end

function write.section(_, block)
  return "## " .. (block.number and block.number .. ". " or "") .. block.title
end

function write.heading(_, block) return "### " .. block.text end
function write.text(_, block) return block.text end

function write.facts(_, block)
  local out = {}
  for i, fact in ipairs(block.list) do out[i] = ("- %s: %s"):format(fact[1], fact[2]) end
  return table.concat(out, "\n")
end

local function table_row(cells)
  local out = {}
  for i, cell in ipairs(cells) do
    out[i] = flat(cell.small and cell[1] .. " " .. cell.small or cell[1])
  end
  return "| " .. table.concat(out, " | ") .. " |"
end

function write.table(_, block)
  local out = { block.caption and captioned(block) .. "\n" or nil }
  out[#out + 1] = table_row(block.head)
  out[#out + 1] = "|" .. (" --- |"):rep(#block.head)
  for _, row in ipairs(block.rows) do out[#out + 1] = table_row(row) end
  return table.concat(out, "\n")
end

function write.figure(_, block)
  local alt = {}
  for i, part in ipairs(block.parts) do alt[i] = part.alt end
  local text = flat(table.concat(alt, " ")):gsub("[%[%]]", "")
  return ("![%s](%s.png)\n\n%s"):format(text, block.name, captioned(block))
end

function write.contents(page)
  local out = {}
  for i, section in ipairs(page.sections) do
    out[i] = ("- %s%s"):format(section.number and section.number .. ". " or "", section.title)
  end
  return table.concat(out, "\n")
end

local function write_block(page, block)
  return (write[block.kind] or error("no such block: " .. block.kind))(page, block)
end

function write.row(page, block)
  local out = {}
  for i, one in ipairs(block.blocks) do out[i] = write_block(page, one) end
  return table.concat(out, "\n\n")
end

local markdown = {}

--- The whole page.
---@param page table
---@param title string
---@param footer string
---@return string
function markdown.write(page, title, footer)
  local out = { "# " .. title }
  for block in page:each() do out[#out + 1] = write_block(page, block) end
  out[#out + 1] = footer
  return table.concat(out, "\n\n") .. "\n"
end

return markdown
