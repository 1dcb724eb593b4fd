--- Words of a paragraph in HTML: `code`, **strong**, *emphasis* and [links](https://...).
---
---     inline "at **0.1**, see [the page](https://example.org)"
local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local inline = {}

--- Text for HTML.
---@return string
function inline.escape(text) return (tostring(text):gsub('[&<>"]', entities)) end

local NBSP = "\194\160"

--- Of links only those that lead to a page, a mail or a place of this page: no scripts. (Addresses
--- have no control characters: browsers pass over them, and the marks of `code` are some.)
local function is_safe(address)
  local scheme = address:match "^([%w+.-]+):"
  return not scheme or scheme == "http" or scheme == "https" or scheme == "mailto"
end

local function words(text)
  text = text:gsub(" ± ", NBSP .. "±" .. NBSP)
  text = text:gsub("%[([^%[%]]+)%]%(([^%s%c()]+)%)", function(label, address)
    return is_safe(address) and ('<a href="%s">%s</a>'):format(address, label) or nil
  end)
  text = text:gsub("%*%*(.-)%*%*", "<strong>%1</strong>")
  return (text:gsub("%f[*]%*(%f[^%s*][^*]-%f[%s*])%*%f[^*]", "<em>%1</em>"))
end

--- A paragraph's text; what stands in backquotes is left as it is. A mean and its spread stay on
--- one line.
---@param text string
---@return string
function inline.html(text)
  local out, from = {}, 1
  text = inline.escape(text)
  for before, code, after in text:gmatch "()`([^`]+)`()" do
    out[#out + 1] = text:sub(from, before - 1)
    out[#out + 1] = ("\1%d\1"):format(#out + 1)
    out[out[#out]] = ('<code dir="ltr">%s</code>'):format(code)
    from = after
  end
  out[#out + 1] = text:sub(from)
  return (words(table.concat(out)):gsub("\1%d+\1", out))
end

return inline
