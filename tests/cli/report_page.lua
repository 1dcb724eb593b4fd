--- Checks a report's folder:  mah tests/cli/report_page.lua FOLDER en|fa [SECTIONS]
---
--- The page is well-formed, complete, refers to no missing file and to nothing outside of itself.
--- Exit status 1, and what is wrong, otherwise. SECTIONS: how many are numbered (10).
local mah = require "mah"

local here = arg[0]:match "^(.*/)" or "./"
local walk = dofile(here .. "../lua/draw/svg_checker.lua")

local folder, language, wanted = arg[1], arg[2], tonumber(arg[3] or 10)
local page = mah.file.read(folder .. "/index.html")
local markdown = mah.file.read(folder .. "/report.md")

-- -- Well-formed ----------------------------------------------------------------------------------

assert(page:find "^<!DOCTYPE html>\n", "no doctype")
local bare_page, scripts = page:gsub("<script>.-</script>", "") -- the filter's, which is no XML
local script = page:match "<script>(.-)</script>"
local elements = walk((bare_page:gsub("^<!DOCTYPE html>\n", "")))
local html = elements[1]
assert(html.tag == "html" and html.attributes.lang == language, "the page's language")
assert(html.attributes.dir == (language == "fa" and "rtl" or "ltr"), "the page's direction")

local ids, count = {}, {}
for _, element in ipairs(elements) do
  count[element.tag] = (count[element.tag] or 0) + 1
  local id = element.attributes.id
  if id then
    assert(not ids[id], "id twice: " .. id)
    ids[id] = true
  end
end

-- -- Nothing from outside, nothing missing --------------------------------------------------------

local function check_target(target, where)
  if target:find "^data:image/png;base64," then return end
  local id = target:match "^#(.+)$"
  if id then return assert(ids[id], where .. ": no such place: " .. target) end
  assert(not target:find "[:/]", where .. ": outside of the report: " .. target)
  assert(mah.file.exists(folder .. "/" .. target), where .. ": missing file: " .. target)
end

local names = { href = true, src = true, ["xlink:href"] = true, data = true, srcset = true }
for _, element in ipairs(elements) do
  for name, value in pairs(element.attributes) do
    if names[name] then check_target(value, element.tag) end
    assert(not name:find "^on", "a script in " .. element.tag)
  end
  assert(element.tag ~= "script" and element.tag ~= "link" and element.tag ~= "iframe",
    "no " .. element.tag .. " expected")
end
assert(scripts == 1 and not script:find "fetch" and not script:find "import"
  and not script:find "XMLHttp", "a script that fetches")
assert(not page:find "url%(" and not page:find "@import", "the style refers to something")
local bare = page:gsub('xmlns[:%a]*="http://www.w3.org/%d+/%a+"', "")
assert(not bare:find "https?://", "an address on the page")
for target in markdown:gmatch "%]%(([^)]+)%)" do check_target(target, "report.md") end

-- -- The top --------------------------------------------------------------------------------------

--- Claims are folded by section; each stands there once, and once in its own section.
local claims, folds, radios = 0, 0, 0
for _, element in ipairs(elements) do
  folds = folds + (element.tag == "details" and 1 or 0)
  radios = radios + (element.attributes.type == "radio" and 1 or 0)
  assert(element.tag ~= "details" or not element.attributes.open, "a section that is open")
end
for target in page:gmatch '<tr class="%a+"><td><a href="#([^"]+)"' do
  claims = claims + 1
  assert(ids[target], "no such claim: " .. target)
end
assert(claims == select(2, page:gsub('class="claim ', "")), "claims that the list lacks")
assert(claims == 0 or folds > 0 and radios == 4, "the claims are not folded, or have no filter")
local lead = page:find('<p class="lead">', 1, true)
assert(lead and lead < page:find("<dl", 1, true) and lead < page:find("<nav>", 1, true),
  "the page does not open with its result")

-- -- Complete -------------------------------------------------------------------------------------

local text = {}
for i, element in ipairs(elements) do text[i] = element.text end
text = table.concat(text, "\n")

local function digits(n)
  if language == "en" then return tostring(n) end
  return (tostring(n):gsub("%d", function(d) return "\219" .. string.char(0xB0 + d) end))
end

--- Each of figures 1 ... 15 and tables 1 and 2 is there once.
local function check_numbers(word, last)
  for n = 1, last do
    local label, found = word .. " " .. digits(n) .. ".", 0
    for _, element in ipairs(elements) do
      if element.tag == "b" and element.text == label then found = found + 1 end
    end
    assert(found == 1, ("%s: %d times"):format(label, found))
  end
end

if wanted == 10 then
  check_numbers(language == "fa" and "شکل" or "Figure", 15)
  check_numbers(language == "fa" and "جدول" or "Table", 2)
end
assert(count.svg >= count.figure and count.figure > 0, "a figure without a picture")
assert(count.h2 >= wanted + 2, "sections are missing")
for _, element in ipairs(elements) do
  if element.tag == "svg" and element.attributes.role == "img" then
    assert((element.attributes["aria-label"] or ""):find "%S", "a picture without words for it")
  end
  assert(element.tag ~= "text" or element.text:find "%S", "a picture with an empty text")
end
for _, wrong in ipairs { "nil", "NaN", "nan", "{%a+}", "table: ", "function: " } do
  assert(not text:find("%f[%w{]" .. wrong .. "%f[^%w}]"), "on the page: " .. wrong)
end
if language == "fa" then
  assert(not text:gsub("%b{}", ""):find "%d+%.%d%d%d%d", "Latin digits on a Persian page")
end

local manifest = mah.json.decode(mah.file.read(folder .. "/manifest.json"))
for _, name in ipairs(manifest.figures) do
  local picture = mah.image.load(folder .. "/" .. name)
  assert(picture.shape[1] > 50 and picture.shape[2] > 50, name .. " is empty")
end
print(("%d elements, %d figures, %d claims"):format(#elements, count.figure,
  select(2, page:gsub('class="claim ', ""))))
