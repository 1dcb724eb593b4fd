--- Walks an XML text: every element is closed, in order, attributes are quoted, entities are known.
--- Returns a list of {tag =, attributes =, text =}, or raises an error that says what is wrong.
local function attributes_of(text, where)
  local attributes = {}
  local rest = text:gsub('%s+([%w:_-]+)="([^"<]*)"', function(name, value)
    assert(attributes[name] == nil, where .. ": attribute twice: " .. name)
    attributes[name] = value
    return ""
  end)
  assert(rest:match "^%s*/?$", where .. ": not attributes: " .. rest)
  return attributes
end

local function check_text(text, where)
  assert(not text:find "[<>]", where .. ": < or > in text")
  local bare = text:gsub("&amp;", ""):gsub("&lt;", ""):gsub("&gt;", ""):gsub("&quot;", "")
  assert(not bare:find("&", 1, true), where .. ": unknown entity in " .. text)
  assert(not text:find "[%z\1-\8\11-\31]", where .. ": control character")
end

return function(svg)
  local elements, open = {}, {}
  local body = svg:gsub("^<%?xml[^>]*%?>%s*", "")
  local position = 1
  while true do
    local from, to, slash, tag, rest = body:find("<(/?)([%w]+)([^>]*)>", position)
    local between = body:sub(position, (from or #body + 1) - 1)
    local top = open[#open]
    check_text(between, top and top.tag or "outside")
    assert(top or not between:find "%S", "text outside of the root: " .. between)
    if top then top.text = top.text .. between end
    if not from then break end
    if slash == "/" then
      assert(top and top.tag == tag, "</" .. tag .. "> closes " .. (top and top.tag or "nothing"))
      open[#open] = nil
    else
      local element = { tag = tag, attributes = attributes_of(rest, tag), text = "" }
      elements[#elements + 1] = element
      if not rest:find "/$" then open[#open + 1] = element end
    end
    position = to + 1
  end
  assert(#open == 0, "not closed: " .. (open[#open] and open[#open].tag or ""))
  return elements
end
