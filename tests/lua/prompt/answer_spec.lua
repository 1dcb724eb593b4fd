local answer = require "mah.prompt.answer"
local entries = require "mah.docs.entries"
local mah = require "mah"
local public = require "mah.docs.public"

describe("help", function()
  it("is on a value, a name, a command, or the prompt", function()
    assert.matches("^mah.train%(net, data, given%)", answer.help(mah.train))
    assert.matches("^mah%.MLPClassifier%(given%).-hidden_layer_sizes +%S* *= {100}",
      answer.help(mah.MLPClassifier))
    assert.matches("^mah   mah\n", answer.help(mah))
    assert.matches("^mah%.MLPClassifier%.from%(", answer.help "MLPClassifier.from")
    assert.matches("^MLPClassifier:get_params%(%)", answer.help "get_params")
    assert.matches("^%%timeit\n", answer.help "timeit")
    assert.matches("%%timeit", answer.help())
  end)

  it("is on an option or attribute of one place", function()
    assert.matches("^history   an attribute of run\n[^\n]*history\n", answer.help "run.history")
    assert.matches("^name   an attribute of study", answer.help "study.name")
    assert.matches("^coefs_   an attribute of MLP", answer.help "MLPClassifier.coefs_")
    assert.matches("^alpha   an option of mah.MLP", answer.help "mah.MLPClassifier.alpha")
    assert.is_nil(answer.known "study.alpha")
    local has = {}
    for _, record in ipairs(public.list()) do
      has[record.name], has[public.made_by(record) or record.name] = true, true
    end
    for _, entry in ipairs(entries.list()) do
      for _, owner in ipairs(entry.owners) do
        local is_of_a_file = owner:find "^save%(" -- what every :save says
        assert.is_true(is_of_a_file ~= nil or has[owner] ~= nil, owner .. ", which has "
          .. entry.name)
      end
    end
    assert.matches("^study:best%(", answer.help "mah.study.best")
  end)

  it("on the prompt keeps its columns on a terminal of 80", function()
    for line in answer.help():gmatch "[^\n]+" do
      if line:find "^  [%?%%STC]" then assert.is_true(#line < 80, line) end
    end
  end)

  it("shows other values, with the methods they have", function()
    assert.matches("^float32 1 .*\nMethods of tensor\n", answer.help(mah.zeros(1)))
    assert.equal("{1}", answer.help { 1 })
  end)

  it("says that there is none", function()
    assert.equal("There is no help on 'qqqqqq'.", answer.help "qqqqqq")
    assert.equal("There is no help on 'mah.mpl'; did you mean ?mah.mlp", answer.help "mah.mpl")
    assert.matches("^There is no 'mini'; these mention it:\n", answer.help "mini")
  end)
end)
