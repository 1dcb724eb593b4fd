--- The claims of a section on the page, one by one, and their style.
---
---     claims_block.add(page, list)                    -- of claim.check
---     html.write(page, title, footer, claims_block.css)
local claim = require "common.claim"
local labels = require "common.labels"
local mah = require "mah"

local claims_block = {}

claims_block.css = [[
.claim { border-inline-start: 4px solid var(--mah-axis); padding: .1rem 0 .1rem;
  padding-inline-start: 1rem; margin: 1.2rem 0; max-width: 48rem; }
.claim p { margin: .3rem 0; }
.claim .rule { color: var(--mah-muted); font-size: .92rem; }
.claim.yes { border-color: var(--yes); } .claim.no { border-color: var(--no); }
.claim.depends { border-color: var(--depends); }
.verdict { font-weight: 600; white-space: nowrap; }
.verdict.yes { color: var(--yes); } .verdict.no { color: var(--no); }
.verdict.depends { color: var(--depends); }
table.claims { width: 100%; } table.claims td { white-space: normal; }
table.claims td.verdict { white-space: nowrap; }
@media (max-width: 40rem) {
  table.claims { font-size: .95rem; }
  table.claims thead { display: none; }
  table.claims, table.claims tbody, table.claims tr, table.claims td { display: block; }
  table.claims td { border: 0; padding: .1rem 0; }
  table.claims tr { border-bottom: 1px solid var(--mah-grid); padding: .7rem 0; }
}
@media print { .claim { break-inside: avoid; } }
]]

local function html_of(page, list)
  local escape, inline = mah.report.html.escape, mah.report.html.inline
  local language, out = page.language, {}
  for _, c in ipairs(list) do
    local class = claim.classes[c.verdict]
    out[#out + 1] = ('<div class="claim %s" id="%s">'):format(class, escape(c.id))
    out[#out + 1] = ('<p>%s <span class="verdict %s">%s</span></p>'):format(inline(c.text), class,
      language:pick(claim.labels[c.verdict]))
    out[#out + 1] = ("<p>%s %s</p>"):format(inline(c.measured), inline(c.why))
    out[#out + 1] = ('<p class="rule">%s: %s</p></div>'):format(language:pick(labels.rule),
      inline(c.rule))
  end
  return table.concat(out, "\n")
end

local function markdown_of(page, list)
  local language, out = page.language, {}
  for i, c in ipairs(list) do
    out[i] = ("- %s **%s.** %s %s (%s: %s)"):format(c.text,
      language:pick(claim.labels[c.verdict]), c.measured, c.why, language:pick(labels.rule), c.rule)
  end
  return table.concat(out, "\n")
end

---@param page table
---@param list table[]    of claim.check
function claims_block.add(page, list)
  local shown = {}
  for i, c in ipairs(list) do
    local function say(text) return page.language:say(text, c.values) end
    shown[i] = {
      id = c.id, verdict = c.verdict, text = say(c.text), measured = say(c.measured),
      rule = say(c.rule), why = say(c.why),
    }
  end
  page:add {
    html = function(on) return html_of(on, shown) end,
    markdown = function(on) return markdown_of(on, shown) end,
  }
end

return claims_block
