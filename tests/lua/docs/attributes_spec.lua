local attributes = require "mah.docs.attributes"
local page = require "mah.docs.page"

local function names_of(fields)
  local names = {}
  for _, field in ipairs(fields) do names[field.name] = field end
  return names
end

describe("attributes", function()
  it("are the fields of a class", function()
    local study = names_of(attributes.of "study")
    assert.equal("string", study.name.type)
    assert.matches("file", study.store.text)
    assert.same({}, attributes.of "no such class")
  end)

  it("of a class that Lua has by another name are found by the public one", function()
    assert.is_truthy(names_of(attributes.of "table").names)
    assert.equal("mah.Table", attributes.class("table").name)
  end)

  it("are shown in help on what makes and what returns such an object", function()
    assert.matches("\nAttributes of study\n  name +string", page.named "mah.sweep")
  end)

  it("come from all modules, and none of Mah's own classes is public", function()
    local names = table.concat(attributes.names(), " ")
    assert.matches("study", names)
    assert.is_nil(names:find("mah.Reader", 1, true))
  end)
end)
