local messages = require "mah.cluster.messages"

describe("messages between ranks", function()
  it("keep numbers to the last bit, infinities, and texts", function()
    local message = { op = "events", x = { 0.1, 1 / 3, 2 ^ 53, math.huge, -math.huge, -0.0 },
      text = "ل \n\"\\", is = true }
    local again = messages.decode(messages.encode(message))
    assert.same(message, again)
    assert.equal(-math.huge, 1 / again.x[6])
  end)

  it("carry reports that are no numbers", function()
    local report = messages.read_report(messages.report { 3, 0 / 0 })
    assert.equal(3, report[1])
    assert.is_true(report[2] ~= report[2])
    report = { 1e-300, -math.huge }
    assert.same(report, messages.read_report(messages.report(report)))
  end)

  it("take of a trial what a worker needs", function()
    local job = messages.job { text = "{}", seed = 7, identity = "ab", last = 0 / 0,
      params = { a = 1 }, same = nil, alone = true }
    assert.same({ text = "{}", seed = 7, identity = "ab", alone = true }, job)
  end)

  it("carry rows as study:results() has them", function()
    local rows = {
      { number = 1, params = { a = { 1, 2 }, b = "x" }, status = "done", seed = 3,
        result = { test = 0.1 + 0.2 }, warnings = { "w" }, seconds = 0.25,
        curve = { epochs = { 1, 2.5 }, values = { 0.5, 0.25 }, at = { [1] = 0.5, [2.5] = 0.25 } } },
      { number = 2, params = {}, status = "failed", seed = 4, error = "no", reason = "error" },
    }
    assert.same(rows, messages.read_rows(messages.rows(rows)))
    rows[1].curve.values[2], rows[1].curve.at[2.5] = 0 / 0, 0 / 0
    local again = messages.read_rows(messages.rows(rows))
    assert.is_true(again[1].curve.at[2.5] ~= again[1].curve.at[2.5])
    again[1].params.a[1] = 9
    assert.equal(1, messages.read_rows(messages.rows(rows))[1].params.a[1])
  end)

  it("say by a word of the core that a rank is gone", function()
    assert.same({ op = "gone" }, messages.decode "gone")
  end)
end)
