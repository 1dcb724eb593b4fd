local loading = require "mah.exchange.load"
local mah = require "mah"

describe("mah.load", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("asks each reader by the file's beginning", function()
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
    mah.file.write(path, "TOY and more")
    assert.equal("a toy", mah.load(path, { activation = "relu" }))
    assert.same({ activation = "relu" }, seen)
    mah.file.write(path, "YOT and more")
    assert.error_matches(function() mah.load(path) end, path .. ": not a model saved by mah: not a "
      .. "safetensors file; nor one of PyTorch, .*toys")
    table.remove(loading.readers)
    package.loaded["mah.exchange.read.toy"] = nil
  end)

  it("says what it cannot read", function()
    assert.error_matches(function() mah.load "/no/such" end, "cannot read '/no/such'")
    assert.error_matches(function() mah.load "/tmp" end, "mah.load: cannot read '/tmp'")
    assert.error_matches(function() mah.load(3) end, "mah.load: a file's path is expected")
  end)

  it("says what a file of another kind is", function()
    for head, pattern in pairs { [""] = "it is empty", ["\137PNG\r\n\26\n"] = "a PNG image",
      ["\147NUMPY\1"] = "mah%.load_npy reads",
      ["PK\5\6\0"] = "of neither PyTorch nor skops", ["\137HDF\r\n\26\n"] = "tf2onnx makes",
      ["\40\181\47\253a"] = "zstd %-d", ["import os\n"] = "nor one of PyTorch" } do
      mah.file.write(path, head)
      assert.error_matches(function() mah.load(path) end,
        path .. ": not a model saved by mah: .*" .. pattern)
    end
    mah.save_npz(path, { mah.zeros(1) })
    assert.error_matches(function() mah.load(path) end, "mah%.load_npz reads")
  end)

  it("reads no pipes, which it would have to read twice", function()
    os.remove(path)
    assert.equal(0, os.execute("mkfifo " .. path))
    assert.error_matches(function() mah.load(path) end, path .. "': it is a pipe or a device")
    assert.error_matches(function() mah.load "/dev/null" end, "it is a pipe or a device")
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
