local loading = require "mah.exchange.load"
local mah = require "mah"

describe("mah.load", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("asks each reader that is there by the file's beginning", function()
    local seen
    package.loaded["mah.exchange.read.toy"] = {
      name = "toys",
      knows = function(head) return head:sub(1, 3) == "TOY" end,
      read = function(_, given)
        seen = given
        return "a toy"
      end,
    }
    table.insert(loading.readers, "mah.exchange.read.toy")
    table.insert(loading.readers, "mah.exchange.read.no_such")
    mah.file.write(path, "TOY and more")
    assert.equal("a toy", mah.load(path, { activation = "relu" }))
    assert.same({ activation = "relu" }, seen)
    mah.file.write(path, "YOT and more")
    assert.error_matches(function() mah.load(path) end, path .. ": not a model saved by mah: not a "
      .. "safetensors file; nor one of safetensors, .*toys")
    table.remove(loading.readers)
    table.remove(loading.readers)
    package.loaded["mah.exchange.read.toy"] = nil
  end)

  it("says what it cannot read", function()
    assert.error_matches(function() mah.load "/no/such" end, "cannot read '/no/such'")
    assert.error_matches(function() mah.load "/tmp" end, "mah.load: cannot read '/tmp'")
    assert.error_matches(function() mah.load(3) end, "mah.load: a file's path is expected")
    mah.file.write(path, "")
    assert.error_matches(function() mah.load(path) end, "not a model saved by mah")
  end)

  it("has no files of a wrong name before it: slips, and kinds that are not written", function()
    local net = mah.mlp { 2, { 1, "identity" }, seed = 1 }
    local function fails(ending, message)
      local wrong = path .. ending
      assert.error_matches(function() net:save(wrong) end, message)
      assert.is_false(mah.file.exists(wrong))
    end
    fails(".onx", "no kind of file ends in .onx; did you mean .onnx?")
    fails(".safetensor", "did you mean .safetensors?")
    fails(".pt", "files of PyTorch are not written; .onnx %(for other runtimes%), .h")
    fails(".PKL", "files of scikit%-learn are not written")
    fails(".hpp", "files of C%+%+ are not written")
    net:save(path .. ".mlp")
    assert.equal(tostring(net), tostring(mah.load(path .. ".mlp")))
    os.remove(path .. ".mlp")
  end)

  it("takes no options for what Mah saved", function()
    mah.MLPRegressor { hidden_layer_sizes = 2, max_iter = 1, random_state = 1 }
      :fit(mah.eye(3), { 1, 2, 3 }):save(path)
    assert.error_matches(function() mah.load(path, { activation = "relu" }) end,
      "a model saved by mah takes no options")
    assert.equal("MLPRegressor", mah.load(path).class)
  end)
end)
