local coverage = require "docs.coverage"
local examples = require "mah.docs.examples"
local public = require "mah.docs.public"

--- The files of Mah's modules, by the last part of their names.
local sources = {}
for _, name in ipairs(require("mah.docs.sources").names()) do
  sources[name:match "[^.]+$" .. ".lua"] = true
end

--- What is missing, as lines.
local function lines(gaps)
  local list = {}
  for i, gap in ipairs(gaps) do
    list[i] = ("%s: %s of %s%s"):format(gap.kind, gap.name, gap.module,
      gap.why and ": " .. gap.why or "")
  end
  return list
end

describe("the documentation", function()
  for what, name in pairs { functions = "a text and an example for every function",
    options = "a meaning for every option", attributes = "a line for every attribute" } do
    it("has " .. name, function()
      local gaps = {}
      coverage[what](gaps)
      assert.same({}, lines(gaps))
    end)
  end

  it("has examples that run, and print what they say", function()
    local gaps = {}
    local ran, not_run = coverage.examples(gaps)
    print(("\n%d examples ran; %d say why they cannot"):format(ran, not_run))
    assert.same({}, lines(gaps))
    assert.is_true(ran > 700)
  end)

  it("points at no source file, and a part's sentence is more than a word", function()
    for _, record in ipairs(public.list()) do
      local text = record.entry and record.entry.text or ""
      if text == "" then text = record.head or "" end
      for _, piece in ipairs(examples.pieces(text)) do
        for _, line in ipairs(piece.code and {} or piece.lines) do
          local name = line:gsub("`[^`]*`", ""):match "[%w_]+%.lua%f[%A]"
          assert.is_true(not name or not sources[name], record.name .. ": " .. line)
        end
      end
      local is_part = type(record.value) == "table" or record.class
      assert.is_true(not is_part or record.summary:find "%S +%S" ~= nil, record.name)
    end
  end)

  it("would be found lacking", function()
    local rule = require("mah.base.options").declared["mah.train"].batch_size
    local before = rule[4]
    rule[4] = nil
    local gaps = {}
    coverage.options(gaps)
    rule[4] = before
    assert.equal(1, #gaps)
    assert.matches("^option: mah.train{batch_size} of mah.learn.train", lines(gaps)[1])
  end)
end)
