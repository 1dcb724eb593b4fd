local mah = require "mah"
local public = require "mah.docs.public"

--- The lines of help that say what they give: {code, number}, the number as far as it is written.
local function examples()
  local list = {}
  for _, record in ipairs(public.list()) do
    local text = record.name:find "^mah%.metrics%." and record.entry and record.entry.text or ""
    for code, result in text:gmatch "(mah%.metrics%.[^\n]-)%s+%-%->%s*(%-?[%d.]+)" do
      list[#list + 1] = { code, (result:gsub("%.+$", "")) }
    end
  end
  return list
end

describe("the examples in the help on metrics", function()
  it("give what they say", function()
    local found = examples()
    assert.is_true(#found > 20)
    for _, example in ipairs(found) do
      local f = assert(loadstring("local mah = ... return " .. example[1]))
      local got = ("%.12f"):format((f(mah)))
      assert.equal(example[2], got:sub(1, #example[2]), example[1])
    end
  end)
end)
