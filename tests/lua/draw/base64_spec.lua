local base64 = require "mah.draw.base64"

describe("base64", function()
  it("pads the last bytes", function()
    assert.equal("", base64 "")
    assert.equal("Zg==", base64 "f")
    assert.equal("Zm9vYmE=", base64 "fooba")
    assert.equal("Zm9vYmFy", base64 "foobar")
    assert.equal("AP8K", base64 "\0\255\n")
  end)
end)
