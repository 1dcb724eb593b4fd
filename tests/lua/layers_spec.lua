-- Includes and requires go from lower rooms to upper ones, and never in a circle.
local layers = require "layers"

local root = (arg[0]:match "^(.*/)" or "./") .. "../../"

--- Patterns of what is still to be mended; nothing may stay here that is mended.
local to_be_mended = {}

describe("the rooms of this checkout", function()
  local sources = layers.read(root)

  it("are the ones that were read", function()
    assert.truthy(sources["core/base/status.h"])
    assert.truthy(sources["bindings/mah/learn/train.lua"])
    assert.truthy(sources["bindings/main.c"])
    assert.truthy(sources["examples/01_tensor.lua"])
  end)

  it("use only themselves and those above them, without circles", function()
    local found, known = {}, {}
    for _, violation in ipairs(layers.violations(sources)) do
      local excused
      for _, pattern in ipairs(to_be_mended) do
        if violation:find(pattern) then excused, known[pattern] = true, true end
      end
      if not excused then found[#found + 1] = violation end
    end
    assert.equal("", table.concat(found, "\n"))
    for _, pattern in ipairs(to_be_mended) do
      assert.is_true(known[pattern], pattern .. " is mended: take it out of this list")
    end
  end)

  it("have contracts that are there", function()
    for path in pairs(layers.contracts) do assert.truthy(sources[path], path) end
  end)
end)

describe("made-up rooms", function()
  --- The violations among files, each given as "path: what it uses, and more".
  local function of(files)
    local sources = {}
    for path, list in pairs(files) do
      local lines = {}
      for name in list:gmatch "%S+" do
        lines[#lines + 1] = (path:find "%.lua$" and "local x = require %q" or "#include %q")
          :format(name)
      end
      sources[path] = table.concat(lines, "\n")
    end
    return layers.violations(sources)
  end

  it("in order have nothing to complain of", function()
    assert.same({}, of { ["core/tensor/sort.c"] = "tensor/sort.h base/memory.h",
      ["core/tensor/sort.h"] = "base/status.h", ["core/base/memory.h"] = "",
      ["core/base/status.h"] = "", ["core/mah.h"] = "base/status.h tensor/sort.h",
      ["bindings/main.c"] = "mah.h repl.h", ["bindings/repl.h"] = "",
      ["bindings/mah/init.lua"] = "mah.learn.train mah.tensor", ["bindings/mah/learn/train.lua"] =
        "mah.tensor", ["bindings/mah/tensor/init.lua"] = "ffi mah.base.check",
      ["bindings/mah/base/check.lua"] = "", ["bindings/mah/prompt/repl.lua"] = "mah",
      ["examples/01.lua"] = "mah", ["scripts/report.lua"] = "mah studies.words" })
  end)

  it("that go upward in C are named", function()
    assert.same({ "core/base/a.c uses core/tensor/b.h: base is below tensor" },
      of { ["core/base/a.c"] = "tensor/b.h", ["core/tensor/b.h"] = "" })
    assert.same({ "core/base/a.c uses core/mah.h: base is below what holds everything" },
      of { ["core/base/a.c"] = "mah.h", ["core/mah.h"] = "" })
  end)

  it("that go upward by another way to the header are named", function()
    for _, text in ipairs { '#include "../tensor/b.h"', '#include "base/../tensor//b.h"',
      "#include <tensor/b.h>", '# /* so */ include "./../tensor/b.h"',
      '#include \\\n"tensor/b.h"' } do
      assert.same({ "core/base/a.c uses core/tensor/b.h: base is below tensor" },
        layers.violations { ["core/base/a.c"] = text, ["core/tensor/b.h"] = "" })
    end
    for _, text in ipairs { "HEADER", '"lua.h"', '"../tensor/b.c"' } do
      assert.same({ "core/base/a.c: what is used here? " .. text },
        layers.violations { ["core/base/a.c"] = "#include " .. text })
    end
  end)

  it("that go upward in Lua are named, inside of functions too", function()
    local expected = {
      "bindings/mah/data/a.lua uses bindings/mah/sweep/b.lua: data is below sweep" }
    assert.same(expected,
      of { ["bindings/mah/data/a.lua"] = "mah.sweep.b", ["bindings/mah/sweep/b.lua"] = "" })
    for _, text in ipairs { "function f() return require('mah.sweep.b').x end",
      'local ok = pcall(require, "mah.sweep.b")', "return require [[mah.sweep.b]]",
      "-- so:\nlocal b = require 'mah.sweep.b'" } do
      assert.same(expected, layers.violations { ["bindings/mah/data/a.lua"] = text,
        ["bindings/mah/sweep/b.lua"] = "" })
    end
    assert.same({ "bindings/mah/data/a.lua uses bindings/mah/init.lua: data is below what holds "
      .. "everything" }, of { ["bindings/mah/data/a.lua"] = "mah", ["bindings/mah/init.lua"] = "" })
  end)

  it("tell by name what they require", function()
    for _, text in ipairs { 'require("mah.sweep" .. name)', 'require("mah/sweep/b")',
      "require(name)", 'require; load "mah.sweep.b"' } do
      assert.same({ "bindings/mah/data/a.lua: what is used here? " .. text },
        layers.violations { ["bindings/mah/data/a.lua"] = "local load = " .. text })
    end
  end)

  it("may show requires in comments", function()
    assert.same({}, layers.violations { ["bindings/mah/data/a.lua"] =
      "---     local mah = require \"mah\"\n--[[ require 'mah' ]] return 1 -- require 'mah'",
      ["bindings/mah/init.lua"] = "" })
  end)

  it("have storeys: kernels, drive, and what a caller sees", function()
    assert.same({}, of { ["core/learn/mlp.c"] = "learn/drive/run.h learn/kernels/dense.h",
      ["core/learn/drive/run.h"] = "", ["core/learn/drive/run.c"] = "learn/kernels/dense.h",
      ["core/learn/kernels/dense.h"] = "" })
    assert.same({
      "core/learn/drive/run.c uses core/learn/mlp.h: learn/drive/ is below learn/",
      "core/learn/kernels/dense.c uses core/learn/drive/run.h: "
        .. "learn/kernels/ is below learn/drive/",
    }, of { ["core/learn/drive/run.c"] = "learn/mlp.h", ["core/learn/mlp.h"] = "",
      ["core/learn/kernels/dense.c"] = "learn/drive/run.h", ["core/learn/drive/run.h"] = "" })
    assert.same({}, of { ["core/tensor/kernels/unary.c"] = "tensor/vector_math.h",
      ["core/tensor/vector_math.h"] = "" })
  end)

  it("in a circle are named: headers, a file and its header, Lua", function()
    assert.same({ "circle: core/data/a -> core/data/b -> core/data/c -> core/data/a" },
      of { ["core/data/a.h"] = "data/b.h", ["core/data/b.h"] = "", ["core/data/b.c"] = "data/c.h",
        ["core/data/c.h"] = "data/a.h" })
    assert.same({ "circle: bindings/mah/draw/a.lua -> bindings/mah/draw/b.lua -> "
      .. "bindings/mah/draw/a.lua" },
      of { ["bindings/mah/draw/a.lua"] = "mah.draw.b", ["bindings/mah/draw/b.lua"] = "mah.draw.a" })
  end)

  it("that nobody knows are named", function()
    assert.same({ "core/attic/a.c lies in 'attic', which is none of the rooms" },
      of { ["core/attic/a.c"] = "" })
    assert.same({ "core/learn/old/a.c lies in 'old', which is none of the storeys" },
      of { ["core/learn/old/a.c"] = "" })
  end)

  it("keep Lua out of the core, and modules out of scripts", function()
    assert.same({ "core/base/a.c includes Lua: the core knows nothing of it" },
      layers.violations { ["core/base/a.c"] = "#include <lauxlib.h>\n#include <lapacke.h>" })
    assert.same({ 'examples/1.lua uses bindings/mah/base/json.lua: scripts only require "mah"' },
      of { ["examples/1.lua"] = "mah.base.json", ["bindings/mah/base/json.lua"] = "" })
  end)
end)
