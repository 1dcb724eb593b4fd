local file = require "mah.base.file"
local reference = require "mah.docs.reference"

describe("mah --doc", function()
  it("writes pages, an index and definitions", function()
    local folder = os.tmpname()
    os.remove(folder)
    local print_before = print
    _G.print = function() end
    local ok, problem = pcall(reference, folder .. "/inner")
    _G.print = print_before
    assert.is_true(ok, problem)
    local index = file.read(folder .. "/inner/index.md")
    assert.matches("%* %[mah.train%]%(learn.md#mahtrainnet%-data%-given%)", index)
    assert.matches("### mah.zeros%(...%)", file.read(folder .. "/inner/tensor.md"))
    local learn = file.read(folder .. "/inner/learn.md")
    assert.matches("\n| name | may be | default |  |\n", learn)
    assert.matches("\n| `early_stopping` | `boolean` | `false` | [^|\n]*%l[^|\n]* |\n", learn)
    assert.matches("\n### mah.MLPClassifier%(.-\nAttributes\n.-\n| `n_iter_` | `integer", learn)
    local definitions = file.read(folder .. "/inner/mah.lua")
    local f = assert(loadstring(definitions))
    assert.is_function(f().train_many)
    assert.is_function(f().train.find_lr)
    os.execute("rm -r " .. folder)
  end)
end)
