local check = require "mah.base.check"
local golden = require "golden"
local text = require "mah.base.text"

describe("text", function()
  it("is shown as it is when a terminal only shows it", function()
    for _, s in ipairs { "", "plain", "ماه ‌moon → 4", "a\nb\tc", "\240\159\140\153" } do
      assert.equal(s, text.printable(s))
    end
  end)
  it("is escaped where it would move the cursor or turn the direction", function()
    assert.equal([[\x1b[31m\x00\x0d\x7f]], text.printable "\27[31m\0\r\127")
    assert.equal([[\xc2\x9b1m]], text.printable "\194\1551m") -- U+009B, CSI in one character
    assert.equal([[\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8]],
      text.printable "\226\128\174\226\129\166\226\128\168")
    assert.equal([[\x1b]], text.printable(text.printable "\27"))
  end)
  it("is UTF-8 or not (RFC 3629)", function()
    for _, s in ipairs { "", "a", "\0", "é", "\224\160\128", "\237\159\191", "\238\128\128",
      "\244\143\191\191" } do
      assert.is_true(text.is_utf8(s))
    end
    for _, s in ipairs { "\128", "\192\128", "\193\191", "\194", "\194a", "\224\159\191",
      "\237\160\128", "\240\143\191\191", "\244\144\128\128", "\245\128\128\128", "a\255" } do
      assert.is_false(text.is_utf8(s))
    end
  end)
  it("is cut between characters", function()
    local s = "aé漢𝄞b"
    for most, start in ipairs { "a", "aé", "aé漢", "aé漢𝄞" } do
      assert.same({ start, most }, { text.cut(s, most) })
    end
    assert.same({ s, 5 }, { text.cut(s, 9) })
    assert.same({ "", 0 }, { text.cut(s, 0) })
  end)
  it("of a raised message is harmless", function()
    assert.matches([[saw '\x1b%[31m' and '\xff'$]],
      golden.message(check.raise, "saw '%s' and '%s'", "\27[31m", "\255"))
  end)
end)
