local kitty = require "mah.draw.terminal.kitty"

describe("kitty's protocol", function()
  it("sends base64 in pieces", function()
    assert.equal("\27_Ga=T,f=100,q=2,m=0;Zm9v\27\\\n", kitty.text "foo")
    assert.matches("^\27_Ga=T,f=100,q=2,m=1;.*\27\\\27_Gm=0;[^;]+\27\\\n$",
      kitty.text(("x"):rep(4000)))
  end)
end)
