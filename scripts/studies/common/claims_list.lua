--- All claims at the top of the page: folded by section, and a filter by verdict and by words. The
--- verdicts are chosen without JavaScript, too; words need it.
---
---     claims_list.add(page, studies)       -- {number =, title =, claims = {of claim.check}} each
---     html.write(page, title, footer, claims_list.css, claims_list.script)
local claim = require "common.claim"
local labels = require "common.labels"
local mah = require "mah"

local claims_list = {}

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
claims_list.script = mah.file.read(here .. "claims_list.js")
claims_list.css = mah.file.read(here .. "claims_list.css")

local texts = {
  show = { en = "Show", fa = "نمایش" },
  all = { en = "all", fa = "همه" },
  words = { en = "with the words", fa = "با واژه‌های" },
  own = {
    en = "{count} of these are of Mah's own part, and not of the source.",
    fa = "{count} ادعا از این‌ها در بخش خودِ Mah است و از منبع نیست.",
  },
  claim = { en = "claim", fa = "ادعا" },
  shown = { en = "{shown} of {all} claims", fa = "{shown} ادعا از {all} ادعا" },
}
local order = { claim.yes, claim.no, claim.depends }

local function counts_of(claims)
  local counts = { all = #claims, yes = 0, no = 0, depends = 0 }
  for _, c in ipairs(claims) do
    local class = claim.classes[c.verdict]
    counts[class] = counts[class] + 1
  end
  return counts
end

--- Sections with their claims in words: {title, head, counts, claims = {{id, class, text, measured,
--- verdict}}}.
local function read(language, studies)
  local sections = {}
  for _, study in ipairs(studies) do
    local number = study.number and study.number > 0 and language:number(study.number) .. ". " or ""
    local section = { title = number .. language:pick(study.title), claims = {},
      head = language:pick(study.own and texts.claim or labels.claim),
      counts = counts_of(study.claims) }
    for i, c in ipairs(study.claims) do
      section.claims[i] = { id = c.id, class = claim.classes[c.verdict],
        text = language:say(c.text, c.values), measured = language:say(c.measured, c.values),
        verdict = language:pick(claim.labels[c.verdict]) }
    end
    if #section.claims > 0 then sections[#sections + 1] = section end
  end
  return sections
end

-- -- HTML -----------------------------------------------------------------------------------------

local inline, escape = mah.report.html.inline, mah.report.html.escape

local function radio(class, text, count)
  return ('<label><input type="radio" name="verdict" value="%s"%s/> %s (%s)</label>'):format(class,
    class == "all" and ' checked="checked"' or "", text, count)
end

local function add_filter(out, language, counts)
  local function add(class, text)
    out[#out + 1] = radio(class, language:pick(text), language:number(counts[class]))
  end
  out[#out + 1] = ('<fieldset><legend>%s</legend>'):format(language:pick(texts.show))
  add("all", texts.all)
  for _, verdict in ipairs(order) do add(claim.classes[verdict], claim.labels[verdict]) end
  out[#out + 1] = ('<label class="words" hidden="hidden">%s <input type="search"/></label>'):format(
    language:pick(texts.words))
  out[#out + 1] = ('<span role="status" data-text="%s" data-digits="%s"></span></fieldset>'):format(
    escape(language:pick(texts.shown)), language.locale:digits "0 1 2 3 4 5 6 7 8 9")
end

local function add_section(out, language, section)
  local classes, marks = {}, {}
  for _, verdict in ipairs(order) do
    local class = claim.classes[verdict]
    local count = section.counts[class]
    if count > 0 then
      classes[#classes + 1] = "has-" .. class
      marks[#marks + 1] = ('<span class="verdict %s">%s %s</span>'):format(class,
        language:number(count), language:pick(claim.labels[verdict]))
    end
  end
  out[#out + 1] = ('<details class="%s"><summary><span class="title">%s</span> %s</summary>')
    :format(table.concat(classes, " "), inline(section.title), table.concat(marks, " "))
  out[#out + 1] = ('<table class="claims"><thead><tr><th>%s</th><th>%s</th><th>%s</th></tr></thead>'
    .. "<tbody>"):format(section.head, language:pick(labels.measured),
    language:pick(labels.verdict))
  for _, c in ipairs(section.claims) do
    out[#out + 1] = ('<tr class="%s"><td><a href="#%s">%s</a></td><td>%s</td><td class="verdict '
      .. '%s">%s</td></tr>'):format(c.class, escape(c.id), inline(c.text), inline(c.measured),
      c.class, c.verdict)
  end
  out[#out + 1] = "</tbody></table></details>"
end

local function html_of(language, sections, counts)
  local out = { '<div class="claims-list">' }
  add_filter(out, language, counts)
  for _, section in ipairs(sections) do add_section(out, language, section) end
  out[#out + 1] = "</div>"
  return table.concat(out, "\n")
end

-- -- Markdown -------------------------------------------------------------------------------------

local function markdown_of(language, sections)
  local out = {}
  for _, section in ipairs(sections) do
    out[#out + 1] = "### " .. section.title .. "\n"
    out[#out + 1] = ("| %s | %s | %s |\n| --- | --- | --- |"):format(section.head,
      language:pick(labels.measured), language:pick(labels.verdict))
    for _, c in ipairs(section.claims) do
      out[#out + 1] = ("| %s | %s | %s |"):format(c.text:gsub("|", "\\|"), c.measured, c.verdict)
    end
    out[#out + 1] = ""
  end
  return table.concat(out, "\n")
end

--- Puts the claims on the page, if there are any.
---@param page table
---@param studies table[]
function claims_list.add(page, studies)
  local language, every, own = page.language, {}, 0
  local sections = read(language, studies)
  for _, study in ipairs(studies) do
    for _, c in ipairs(study.claims) do every[#every + 1] = c end
    own = own + (study.own and #study.claims or 0)
  end
  if #every == 0 then return end
  page:section { id = "claims", title = labels.claims }
  if own > 0 then page:text(texts.own, { count = own }, "note") end
  page:add {
    html = function() return html_of(language, sections, counts_of(every)) end,
    markdown = function() return markdown_of(language, sections) end,
  }
end

return claims_list
