local mah = require "mah"

--- A folder with small IDX files: `parts` pictures and labels by part.
local function write_set(prefix, test_name, labels, endings)
  local root = os.tmpname()
  os.remove(root)
  mah.file.make_directory(root)
  for _, part in ipairs { "train", test_name } do
    local n = labels.shape[1]
    local images = mah.zeros(n, 28, 28, { dtype = "uint8" })
    images:select(2, 3):fill_(255) -- row 3 of every picture is white
    mah.save_idx(("%s/%s%s-images-idx3-ubyte%s"):format(root, prefix, part, endings.images or ""),
      images)
    mah.save_idx(("%s/%s%s-labels-%s"):format(root, prefix, part, endings.labels), labels)
  end
  return root, function() os.execute("rm -r '" .. root .. "'") end
end

local function uint8(list) return mah.tensor(list, { dtype = "uint8" }) end
local bytes = { labels = "idx1-ubyte" }

describe("sets in MNIST's form:", function()
  it("Fashion-MNIST and KMNIST have names", function()
    local root, remove = write_set("", "t10k", uint8 { 9, 0 }, { labels = "idx1-ubyte.gz",
      images = ".gz" })
    local set = mah.data.fashion_mnist(root)
    assert.equal("Ankle boot", set.class_names[set.train.y[1] + 1])
    assert.equal("Fashion-MNIST", set.name)
    assert.same({ 2, 784 }, set.test.x.shape)
    assert.equal(1, set.train.x[1][2 * 28 + 5])
    assert.equal("wo", mah.data.kmnist(root, { dtype = "uint8" }).class_names[10])
    remove()
  end)

  it("EMNIST stands upright, with the letters' labels", function()
    local root, remove = write_set("emnist-letters-", "test", uint8 { 26, 1 }, bytes)
    local set = mah.data.emnist(root, { split = "letters" })
    assert.equal("Z", set.class_names[set.train.y[1]])
    assert.equal(26, #set.class_names)
    local picture = set.train.x[1]:view(28, 28) -- row 3 has become column 3
    assert.is_true(picture[20][3] == 1 and picture[3][20] == 0)
    assert.equal(mah.data.emnist(root, { split = "letters", dtype = "uint8" }).test.x[2][3], 255)
    assert.error_matches(function() mah.data.emnist(root) end,
      "there is no emnist%-balanced%-train%-images%-idx3%-ubyte, with or without .gz, in '")
    remove()
    root, remove = write_set("emnist-letters-", "test", uint8 { 0 }, bytes)
    assert.error_matches(function() mah.data.emnist(root, { split = "letters" }) end,
      "train%-labels%-idx1%-ubyte: a label is 0; the labels of letters are 1 ... 26")
    remove()
  end)

  it("EMNIST's classes are as many as published", function()
    for split, count in pairs { balanced = 47, bymerge = 47, byclass = 62, digits = 10, mnist = 10 }
    do
      local root, remove = write_set(("emnist-%s-"):format(split), "test",
        uint8 { count - 1 }, bytes)
      local names = mah.data.emnist(root, { split = split }).class_names
      assert.equal(count, #names)
      assert.equal(({ [47] = "t", [62] = "z", [10] = "9" })[count], names[count])
      remove()
    end
  end)

  it("QMNIST's labels are the first of eight columns", function()
    local labels = mah.zeros(2, 8, { dtype = "int32" })
    labels:select(2, 1):copy_(mah.tensor { 7, 3 })
    labels:select(2, 2):fill_(300)
    local root, remove = write_set("qmnist-", "test", labels, { labels = "idx2-int" })
    assert.same({ 7, 3 }, mah.data.qmnist(root).test.y:totable())
    remove()
    root, remove = write_set("qmnist-", "test", labels:narrow(2, 1, 3), { labels = "idx2-int" })
    assert.error_matches(function() mah.data.qmnist(root) end,
      "labels%-idx2%-int: 8 columns are expected, got 3")
    remove()
  end)

  it("refuse what is none", function()
    local root, remove = write_set("", "t10k", uint8 { 10 }, bytes)
    assert.error_matches(function() mah.data.kmnist(root) end,
      "train%-labels%-idx1%-ubyte: a label is 10; its classes are 0 ... 9")
    assert.error_matches(function() mah.data.kmnist() end, "mah.data.kmnist: a file's path")
    assert.error_matches(function() mah.data.kmnist(root, { dtyp = 1 }) end, "did you mean 'dtype'")
    assert.error_matches(function() mah.data.emnist(root, { split = "letter" }) end,
      "split must be one of")
    remove()
  end)
end)
