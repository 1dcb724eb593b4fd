-- mah.report: a report of one's own, its files, and what it refuses.
local golden = require "golden"
local mah = require "mah"

local walk = dofile((debug.getinfo(1, "S").source:match "^@(.*/)" or "./")
  .. "../draw/svg_checker.lua")

local message = golden.message
local folder = os.tmpname()
os.remove(folder)

local function report(given)
  local all = { title = "Fish & chips", out = folder }
  for name, value in pairs(given or {}) do all[name] = value end
  return mah.report(all)
end

local function read(name) return mah.file.read(folder .. "/" .. name) end

--- The page, which must be well-formed and may refer to files of the folder alone.
local function page()
  local html = read "index.html"
  local elements = walk((html:gsub("^<!DOCTYPE html>\n", "")))
  for _, element in ipairs(elements) do
    local address = element.attributes.href
    if address and not address:find "^https?:" then
      local id = address:match "^#(.*)$"
      assert.truthy(id and html:find('id="' .. id .. '"', 1, true)
        or mah.file.exists(folder .. "/" .. address), address)
    end
  end
  return html
end

local function chart() return mah.plot.lines { y = { 0.9, 0.7, 0.6 }, label = "loss" } end

describe("mah.report", function()
  teardown(function() os.execute(("rm -rf '%s'"):format(folder)) end)

  it("writes text as Markdown means it", function()
    report():text([[
      # What decides

      The **fare** does, *mostly*; see [here](https://example.org) and `a**b**`, {braces} too.
      Not [this](javascript:alert), and 2 * 3 * 4.

      - one
        goes on
      - two & <three>

      2. first

      ```
      if a < b then
        print "**"
      end
      ```
      ### Small]]):save()
    local html = page()
    for _, part in ipairs { '<h2 id="what-decides">What decides</h2>',
      "<p>The <strong>fare</strong> does, <em>mostly</em>;",
      '<a href="https://example.org">here</a> and <code dir="ltr">a**b**</code>, {braces} too. Not',
      "Not [this](javascript:alert), and 2 * 3 * 4.</p>",
      "<ul>\n<li>one goes on</li>\n<li>two &amp; &lt;three&gt;</li>\n</ul>",
      "<ol>\n<li>first</li>\n</ol>",
      '<pre dir="ltr"><code>if a &lt; b then\n  print &quot;**&quot;\nend</code></pre>',
      "<h3>Small</h3>", "<title>Fish &amp; chips</title>", 'lang="en" dir="ltr"' } do
      assert.truthy(html:find(part, 1, true), part)
    end
    assert.truthy(read("report.md"):find "# Fish & chips\n\n## What decides\n\nThe %*%*fare")
    assert.truthy(read("report.md"):find("- one goes on\n- two & <three>\n\n1. first\n\n```\nif", 1,
      true))
  end)

  it("makes no links of what no address can have", function()
    report():text("See [a](`b`)."):save()
    assert.truthy(page():find('<p>See [a](<code dir="ltr">b</code>).</p>', 1, true))
    local html = mah.report.html.inline
    assert.equal('<a href="#c">c</a>', html "[c](#c)")
    assert.equal("[c](\2javascript:d)", html "[c](\2javascript:d)")
  end)

  it("has contents from three sections on, each with a place of its own", function()
    report():text("# A\n# A"):save()
    assert.falsy(page():find("<nav>", 1, true))
    report():text("# A\n# A\n# `A`!"):save()
    local html = page()
    assert.truthy(html:find('<li><a href="#a-3"><code dir="ltr">A</code>!</a></li>', 1, true))
  end)

  it("takes tables of every kind", function()
    local study = mah.sweep { name = "s", store = folder .. "/runs.db", grid = { a = { 1, 2 } },
      trial = function(p) return { test = p.a / 8 } end }
    study:run { jobs = 1, quiet = true }
    report():table({ { "a", "b" }, { 1, "x" }, { 0.25 } }, "Lists"):table { { b = 2, a = 1 } }
      :table(mah.data.table { { "age", { 22, 38 } }, { "sex", { "m", "f" } } })
      :table(mah.tensor { { 1, 2 }, { 3, 4 } }):table(study):table(study:table()):save()
    assert.equal("a,b\n1,x\n0.25,\n", read "table_01.csv")
    assert.equal("a,b\n1,2\n", read "table_02.csv")
    assert.equal("age,sex\n22,m\n38,f\n", read "table_03.csv")
    assert.equal("c1,c2\n1,2\n3,4\n", read "table_04.csv")
    assert.truthy(read("table_05.csv"):find "0.125")
    assert.equal(read "table_05.csv", read "table_06.csv")
    local html = page()
    assert.truthy(html:find("<b>Table 1.</b> Lists <a href=\"table_01.csv\">CSV</a>", 1, true))
    assert.truthy(html:find("<tr><td class=\"number\">1.00</td><td>x</td></tr>\n<tr>"
      .. "<td class=\"number\">0.25</td><td></td></tr>", 1, true))
  end)

  it("shows 50 rows of a long table, and keeps all in its file", function()
    report():table(mah.arange(1, 60):reshape(60, 1)):save()
    local _, shown = page():gsub("<tr><td", "")
    local _, kept = read("table_01.csv"):gsub("\n", "")
    assert.same({ 50, 61 }, { shown, kept })
    assert.truthy(page():find("The first 50 of 60 rows; all of them are in", 1, true))
  end)

  it("draws figures, alone and side by side, and keeps lines as data", function()
    report():figure(chart(), "It {falls}."):figure({ chart(), mah.plot.bars { labels = { "a" },
      y = { 1 } } }, "Two"):save()
    assert.equal("series,x,y\nloss,1,0.9\nloss,2,0.7\nloss,3,0.6\n", read "figure_01.csv")
    assert.equal("part,series,x,y,label,value\n1,loss,1,0.9,,\n1,loss,2,0.7,,\n1,loss,3,0.6,,\n"
      .. "2,,,,a,1\n", read "figure_02.csv")
    assert.equal("\137PNG", read("figure_02.png"):sub(1, 4))
    local html = page()
    assert.truthy(html:find("<b>Figure 1.</b> It {falls}. <a href=\"figure_01.csv\">CSV</a>", 1,
      true))
    local _, drawn = html:gsub('role="img"', "")
    assert.equal(3, drawn)
  end)

  it("writes no numbers of a picture", function()
    report():figure(mah.image.grid(mah.rand(2, 4)), "Noise"):save()
    assert.is_false(mah.file.exists(folder .. "/figure_01.csv"))
    assert.falsy(page():find('>CSV<', 1, true))
  end)

  it("shows the text of functions", function()
    report():code(function(x)
      return x < 2
    end):code "print(1)\n":save()
    assert.truthy(page():find("<code>report():code(function(x)\n  return x &lt; 2\nend)", 1, true))
    assert.truthy(page():find("<code>print(1)</code>", 1, true))
    assert.truthy(message(function() report():code(print) end):find "not written in Lua")
  end)

  it("names its files, and removes those of an earlier report alone", function()
    mah.file.write(folder .. "/mine.png", "mine")
    report():figure(chart()):table({ { "a" }, { 1 } }):save()
    assert.same({ "figure_01.png", "figure_01.csv", "table_01.csv", "report.md", "index.html" },
      mah.json.decode(read "manifest.json").files)
    report():text("Nothing."):save()
    assert.is_false(mah.file.exists(folder .. "/figure_01.png"))
    assert.is_false(mah.file.exists(folder .. "/table_01.csv"))
    assert.equal("mine", read "mine.png")
  end)

  it("can be saved again with more", function()
    local r = report():text("# A\n# B\n# C"):save():text("# D"):save()
    local _, contents = page():gsub("<nav>", "")
    assert.equal(1, contents)
    assert.truthy(page():find('<h2 id="d">D</h2>', 1, true))
    assert.equal(("report \"Fish & chips\" to '%s', 4 blocks"):format(folder), tostring(r))
  end)

  it("speaks Persian, from right to left", function()
    report({ title = "گزارش", lang = "fa" }):text("متن"):table({ { "الف" }, { 0.25 } }):save()
    local html = page()
    assert.truthy(html:find('lang="fa" dir="rtl"', 1, true))
    assert.truthy(html:find("جدول ۱", 1, true))
    assert.truthy(html:find("۰٫۲۵", 1, true))
  end)

  it("refuses what it cannot take, with a name and a reason", function()
    local r = report()
    local cases = {
      { function() mah.report { out = "x" } end, "mah.report: title" },
      { function() mah.report { titel = "x" } end, "did you mean 'title'" },
      { function() mah.report { title = "x", lang = "de" } end, "lang" },
      { function() r:text(1) end, "report:text: the text must be a string" },
      { function() r.text("x") end, "r:text" },
      { function() r:figure { 1 } end, "report:figure: entry 1 of the list must be a figure" },
      { function() r:figure "a.png" end, "report:figure: a figure of mah.plot" },
      { function() r:figure(chart(), 3) end, "report:figure: the caption" },
      { function() r:table(3) end, "report:table: a table is expected; got 3" },
      { function() r:table {} end, "the table has no rows" },
      { function() r:table { { 1, 2 }, { 3, 4 } } end, "the first list names the columns" },
      { function() r:table { { "a", "a" }, { 3, 4 } } end, 'two columns are named "a"' },
      { function() r:table { { "a" }, 3 } end, "row 2 must be a table" },
      { function() r:tabel {} end, "did you mean 'table'" },
      { function() report({ out = folder .. "/index.html" }):save() end, "is a file, no folder" },
    }
    r:save()
    for i, case in ipairs(cases) do
      local said = message(case[1])
      assert.truthy(said:find(case[2], 1, true), i .. ": " .. said)
      assert.truthy(said:find("report_spec.lua:", 1, true), said)
    end
  end)
end)
