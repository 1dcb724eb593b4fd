local mah = require "mah"
local objects = require "mah.learn.objects"

describe("learn's objects", function()
  it("are told from other tables by their fields", function()
    local net = mah.mlp { 2, { 2, "softmax" }, seed = 1 }
    local x, y = mah.eye(2), mah.tensor({ 0, 1 }, { dtype = "int32" })
    local run = mah.train(net, { x = x, y = y }, { stop = 1, seed = 1 })
    local subjects = { is_network = net, is_run = run, is_estimator = mah.MLPRegressor {} }
    for name, is in pairs(objects) do
      for kind, subject in pairs(subjects) do assert.equal(name == kind, is(subject) or false) end
      assert.is_false(is {} or false)
      assert.is_false(is(setmetatable({}, { __index = error })) or false)
    end
  end)
end)
