--- What a page of the reference says of a function, class or part, whatever the page is written in:
--- Markdown and HTML both lay this out.
---
---     local said = content.of(record)
---     for _, option in ipairs(said.options) do print(option.name, option.default) end
local examples = require "mah.docs.examples"
local options = require "mah.base.options"
local page = require "mah.docs.page"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"

local content = {}

--- {name, text = what it may be, default, meaning} of each option, sorted by name.
local function options_of(record)
  local declared, list = options.declared[record.name] or {}, {}
  for name, rule in pairs(declared) do
    local said = rules.text(rule)
    list[#list + 1] = { name = name, text = said.text, default = said.default,
      meaning = said.meaning }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

--- `class`: what the record is or makes; `attributes`: that class's; `example`: of the whole file,
--- where the text has none.
---@param record table   of mah.docs.public
---@return {signature: string, text: string, arguments: table[], returns: table[],
---  options: table[], class: string?, attributes: table[], example: string?}
function content.of(record)
  local entry, head = record.entry, record.head or ""
  local said, class = entry and entry.text or "", record.class or public.made_by(record)
  return {
    signature = page.signature(record), text = said ~= "" and said or head,
    arguments = entry and entry.arguments or {}, returns = entry and entry.returns or {},
    options = options_of(record), class = class, attributes = class and public.fields(class) or {},
    example = said ~= "" and head ~= said and examples.of(head) or nil,
  }
end

return content
