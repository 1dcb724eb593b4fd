--- The page as one HTML file: figures inline as SVG, linked to their PNGs; nothing from elsewhere.
---
---     local page = mah.report.Page.new{}
---     page:text("Hello.")
---     print((mah.report.html.write(page, "Training", "the end"):match "<p>Hello.</p>"))
---     --> <p>Hello.</p>
local css = require "mah.report.css"
local words = require "mah.report.words"
local words_of = require "mah.report.inline"

local html = {}

--- Text for HTML, and a paragraph's with its `code` and **strong** words.
local escape, inline = words_of.escape, words_of.html
html.escape, html.inline = escape, inline

local write = {}

function write.own(page, block) return block.html(page) end

function write.section(_, block)
  local number = block.number and block.number .. ". " or ""
  return ('<h2 id="%s">%s%s</h2>'):format(escape(block.id), number, inline(block.title))
end

function write.heading(_, block) return ("<h3>%s</h3>"):format(inline(block.text)) end

function write.text(_, block)
  local class = block.style and (' class="%s"'):format(block.style) or ""
  return ("<p%s>%s</p>"):format(class, inline(block.text))
end

function write.facts(_, block)
  local out = { '<dl class="facts">' }
  for _, fact in ipairs(block.list) do
    out[#out + 1] = ("<dt>%s</dt><dd>%s</dd>"):format(inline(fact[1]), inline(fact[2]))
  end
  return table.concat(out, "\n") .. "\n</dl>"
end

--- A label in front of a caption.
local function captioned(block)
  local label = block.label and ("<b>%s.</b> "):format(escape(block.label)) or ""
  return label .. inline(block.caption or "")
end

--- head: the column's title, for narrow screens where a row becomes a list.
local function cell(tag, content, head)
  local class = content.class and (' class="%s"'):format(content.class) or ""
  local title = head and (' data-head="%s"'):format(escape((head[1]:gsub("`", "")))) or ""
  local text = content.link and ('<a href="#%s">%s</a>'):format(escape(content.link),
    inline(content[1])) or inline(content[1])
  if content.small then text = text .. (" <small>%s</small>"):format(inline(content.small)) end
  return ("<%s%s%s>%s</%s>"):format(tag, class, title, text, tag)
end

local function table_row(cells, tag, heads)
  local out = {}
  for i, content in ipairs(cells) do out[i] = cell(tag, content, heads and heads[i]) end
  return "<tr>" .. table.concat(out) .. "</tr>"
end

function write.table(_, block)
  local class = block.class and (' class="%s"'):format(block.class) or ""
  local heads = block.class == "dense" and block.head or nil
  local out = { ('<div class="scroll"><table%s>'):format(class) }
  if block.caption then out[2] = "<caption>" .. captioned(block) .. "</caption>" end
  out[#out + 1] = "<thead>" .. table_row(block.head, "th") .. "</thead>\n<tbody>"
  for _, row in ipairs(block.rows) do out[#out + 1] = table_row(row, "td", heads) end
  out[#out + 1] = "</tbody></table></div>"
  return table.concat(out, "\n")
end

local function inline_svg(part)
  return (part.svg:gsub('role="img"', function()
    return ('role="img" aria-label="%s" style="--width: %dpx"'):format(escape(part.alt),
      part.width)
  end, 1))
end

function write.figure(_, block)
  local count = ({ "one", "two", "three" })[#block.parts] or "many"
  local width = 0
  for _, part in ipairs(block.parts) do width = width + part.width end
  local out = { ('<figure id="%s" style="--width: %dpx">'):format(escape(block.name), width),
    ('<div class="parts %s">'):format(count) }
  for _, part in ipairs(block.parts) do out[#out + 1] = inline_svg(part) end
  out[#out + 1] = ('</div>\n<figcaption>%s <a href="%s.png">PNG</a></figcaption></figure>'):format(
    captioned(block), escape(block.name))
  return table.concat(out, "\n")
end

function write.contents(page)
  local out = { "<nav>", ("<h2>%s</h2>"):format(page.language:pick(words.contents)), "<ul>" }
  local numbered = false
  for _, section in ipairs(page.sections) do numbered = numbered or section.number ~= nil end
  for _, section in ipairs(page.sections) do
    local number = ('<span class="number">%s</span>'):format(
      section.number and section.number .. "." or "")
    out[#out + 1] = ('<li>%s<a href="#%s">%s</a></li>'):format(numbered and number or "",
      escape(section.id), inline(section.title))
  end
  return table.concat(out, "\n") .. "\n</ul>\n</nav>"
end

local function write_block(page, block)
  return (write[block.kind] or error("no such block: " .. block.kind))(page, block)
end

function write.row(page, block)
  local out = { '<div class="row">' }
  for _, one in ipairs(block.blocks) do out[#out + 1] = write_block(page, one) end
  return table.concat(out, "\n") .. "\n</div>"
end

--- The whole page.
---@param page table
---@param title string
---@param footer string
---@param style string|nil    CSS for blocks of one's own
---@param script string|nil   JavaScript for them, without which the page must do, too
---@return string
function html.write(page, title, footer, style, script)
  local language = page.language
  local out = {
    "<!DOCTYPE html>",
    ('<html lang="%s" dir="%s">'):format(language.name, language.rtl and "rtl" or "ltr"),
    "<head>", '<meta charset="utf-8"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    ("<title>%s</title>"):format(escape(title)), "<style>", css .. (style or "") .. "</style>",
    "</head>", "<body>", ("<h1>%s</h1>"):format(escape(title)),
  }
  for block in page:each() do out[#out + 1] = write_block(page, block) end
  out[#out + 1] = ("<footer><p>%s</p></footer>"):format(inline(footer))
  if script then out[#out + 1] = "<script>\n" .. script .. "</script>" end
  out[#out + 1] = "</body>\n</html>\n"
  return table.concat(out, "\n")
end

return html
