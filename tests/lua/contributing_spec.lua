local json = require "mah.base.json"
local mah = require "mah"

--- What CONTRIBUTING.md says to touch for one more activation, loss, ...: {what, member, files}.
local function rows()
  local list, here = {}, false
  for line in mah.file.read("CONTRIBUTING.md"):gmatch "[^\n]+" do
    here = line:find "^| to add |" and true or here and line:find "^|" ~= nil
    local what, member, files = line:match "^| (an? .-) | `(.-)` | (.-) |$"
    if here and what then
      local row = { what = what, member = member, files = {} }
      for file in files:gmatch "`(.-)`" do row.files[#row.files + 1] = file end
      table.sort(row.files)
      list[#list + 1] = row
    end
  end
  return list
end

--- The files outside of tests that mention the text, sorted.
local function mentions(text)
  local pipe = io.popen(("grep -rlIF -- '%s' core bindings scripts README.md CMakeLists.txt")
    :format(text))
  local files = {}
  for file in pipe:lines() do files[#files + 1] = file end
  pipe:close()
  table.sort(files)
  return files
end

--- The files that a page links to.
local function links_of(path)
  local list, folder = {}, path:match "^.*/" or ""
  for target in mah.file.read(path):gmatch "%]%(([%w_./]+)%)" do
    list[#list + 1] = folder .. target
  end
  return list
end

describe("README.md", function()
  local training = dofile "tests/bench/readme_rows.lua"

  it("has rows of the training table, as they were measured", function()
    local readme, measured = mah.file.read "README.md", mah.file.read "tests/bench/training.md"
    assert.equal(training.update(readme, measured), readme)
    local names = {}
    for line in readme:match "| one thread .-\n\n":gmatch "[^\n]+" do
      assert.is_truthy(measured:find(line, 1, true), line)
      names[#names + 1] = line:match "^| (.-) |"
    end
    assert.same({ "one thread", "---", "784-100-10, an epoch",
      "784-4096-4096-10, an epoch of 2,000 rows", "4-32-16-4 tanh, batches of 32, a step",
      "784-100-10, predict_proba of 10,000 rows", "start of a process" }, names)
    local slower = measured:gsub("(an epoch | )([%d.]+)", "%19%2")
    assert.not_equal(training.update(readme, slower), readme)
    assert.equal("Xeon, avx512; Debian 12; medians of 5 rounds\n", training.update(
      "x; one round\n", "Xeon, avx512; Debian 12; MNIST; PyTorch 2; medians of 5 rounds\n"))
  end)

  it("has the verdict on tensor operations, as it was measured", function()
    local readme, measured = mah.file.read "README.md", mah.file.read "tests/bench/tensors.md"
    assert.equal(training.update_verdict(readme, measured), readme)
    local other = training.update_verdict(readme, "9 rows: 2 below 0.95, 70 % at least 1.2 ")
    assert.truthy(other:find "Of 9 rows of %[tensor operations%]%(tests/bench/tensors.md%) 70 %%")
    assert.truthy(other:find "PyTorch, 2 are slower")
  end)

  it("is one screen", function()
    local _, count = mah.file.read("README.md"):gsub("\n", "")
    assert.is_true(count <= 80, count .. " lines")
  end)

  for _, page in ipairs { "README.md", "CONTRIBUTING.md", "scripts/package/INSTALL.md",
    "examples/tutorial/tensor_functions.md" } do
    it("links to what is there: " .. page, function()
      for _, path in ipairs(links_of(page)) do assert.truthy(mah.file.exists(path), path) end
    end)
  end

  it("leads to every chapter of the tutorial, which begins with its title", function()
    local readme, chapters = mah.file.read "README.md", 0
    for path in io.popen("ls examples/tutorial/*.lua"):lines() do
      chapters = chapters + 1
      assert.truthy(readme:find(path, 1, true), path)
      assert.truthy(mah.file.read(path):find "^%-%-%- %u[^\n]-: [^\n]+%.\n%-%-%-\n", path)
    end
    assert.equal(7, chapters)
  end)
end)

describe("The list of tensor functions", function()
  it("has every one", function()
    local Type = require "mah.tensor.type"
    Type.load()
    local listed = {}
    local text = mah.file.read "examples/tutorial/tensor_functions.md"
      .. mah.file.read "core/tensor/elementwise.h"
    for word in text:gmatch "[%w_]+" do listed[word] = true end
    local lacking = {}
    for _, names in ipairs { Type.methods, mah.fft, mah.linalg, mah.distributions } do
      for name in pairs(names) do
        local plain = name:gsub("_$", "")
        if not listed[name] and not listed[plain] then lacking[#lacking + 1] = name end
      end
    end
    assert.same({}, lacking)
  end)
end)

describe("CONTRIBUTING.md", function()
  it("tells for each kind of addition what to touch", function()
    local kinds = {}
    for _, row in ipairs(rows()) do kinds[row.what] = true end
    for _, what in ipairs { "an activation", "a loss", "an elementwise op", "a solver in Lua",
      "a solver in C", "a transformer", "a metric", "a file format", "a study of the report" } do
      assert.is_true(kinds[what], what .. " has no row")
    end
  end)

  for _, row in ipairs(rows()) do
    it(("names the files of %s, those that mention %s"):format(row.what, row.member), function()
      assert.same(row.files, mentions(row.member))
    end)
  end

  it("names only files that are there", function()
    local places = { "", "bindings/mah/learn/", "bindings/mah/sweep/", "core/learn/",
      "core/learn/drive/", "core/learn/kernels/" }
    for path in mah.file.read("CONTRIBUTING.md"):gmatch "`([%w_/]+%.%a+)`" do
      local found = path:find "NAME"
      for _, place in ipairs(places) do found = found or mah.file.exists(place .. path) end
      assert.truthy(found, path .. " is not there")
    end
  end)
end)

describe("CHANGELOG.md", function()
  it("ends its unreleased changes at the program's version", function()
    local version = mah.file.read("CHANGELOG.md"):match "\n## %[(%d+%.%d+%.%d+)%]"
    assert.equal(mah.version, version)
    assert.equal(version, mah.file.read("CMakeLists.txt"):match "project%(mah VERSION ([%d.]+)")
  end)
end)

describe(".luarc.json", function()
  it("is JSON for LuaJIT", function()
    assert.equal("LuaJIT", json.decode(mah.file.read ".luarc.json")["runtime.version"])
  end)
end)
