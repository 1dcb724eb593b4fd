--- Files of torch.save (tests/golden/make_torch_files.py) predict here what the networks predicted
--- there; others when MAH_EXCHANGE names their folder.
local golden = require "golden"
local json = require "mah.base.json"
local mah = require "mah"
local pytorch = require "mah.exchange.read.pytorch"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local folder = root .. "/tests/golden/torch/"

describe("PyTorch's files", function()
  for _, answer in ipairs(json.decode(mah.file.read(folder .. "answers.json"))) do
    it("predict what they did: " .. answer.file, function()
      local net = mah.load(folder .. answer.file, answer.given)
      local x = mah.tensor(answer.x, { dtype = answer.dtype })
      local out = mah.tensor(answer.out, { dtype = answer.dtype })
      local got = net.forward and net:forward(x) or net:predict(x)
      assert.equal(answer.dtype, got.dtype)
      golden.close(out, got:reshape(unpack(out.shape)), answer.tolerance)
    end)
  end

  it("become classifiers when the classes are named", function()
    local clf = mah.load(folder .. "half.pt", { activation = "relu", classes = { "no", "yes" } })
    assert.equal("MLPClassifier", clf.class)
    assert.matches("^[ny]", clf:predict(mah.zeros(1, 3))[1])
  end)
end)

describe("a checkpoint", function()
  it("is searched for the state_dict, or asked for one by its key", function()
    local tensors, order = pytorch.tensors(folder .. "checkpoint.pt")
    assert.same({ "0.weight", "0.bias", "2.weight", "2.bias" }, { unpack(order) })
    assert.same({ 4, 3 }, tensors["0.weight"].shape)
    assert.equal(tensors["2.bias"][1],
      pytorch.tensors(folder .. "checkpoint.pt", "model")["2.bias"][1])
    local function says(key, pattern)
      assert.error_matches(function()
        mah.load(folder .. "two.pt", { activation = "relu", key = key })
      end, "two%.pt: " .. pattern)
    end
    says(nil, "it has several state_dicts: actor, critic; say which, as in mah.load%(path, "
      .. "{ key = \"actor\" }%)")
    says("acter", "key = \"acter\": there is no \"acter\"; did you mean 'actor'%?")
    says("actor.x", "key = \"actor.x\": there is no \"x\"")
  end)

  it("wants a string as key", function()
    assert.error_matches(function() mah.load(folder .. "two.pt", { key = 1 }) end,
      "key must be a string, got 1")
  end)
end)

describe("what is refused", function()
  local function says(name, pattern)
    assert.error_matches(function() mah.load(folder .. name, { activation = "relu" }) end,
      name:gsub("%.", "%%.") .. ": " .. pattern)
  end

  it("is what would be run, and it says how the weights are saved", function()
    says("print.pt", ".*builtin[s_]+%.print, which is none of the things that a model is made of "
      .. "and is never run")
    says("module.pt", ".*torch%.nn%.modules%.container%.Sequential, which is none .*; of a whole "
      .. "module save the weights: torch%.save%(model%.state_dict%(%), \"weights%.pt\"%)")
    says("script.pt", "it is a TorchScript program; save its weights instead: "
      .. "torch%.save%(torch%.jit%.load%(\".*script%.pt\"%)%.state_dict%(%)")
  end)

  it("is an old file, with what converts it", function()
    says("old.pt", "PyTorch before 1%.6 wrote it; a newer one converts it: "
      .. "torch%.save%(torch%.load%(\".*old%.pt\"%), \"new%.pt\"%)")
  end)

  it("is what has no state_dict", function()
    says("list.pt", "it holds a list, no state_dict")
    says("extra.pt", "no state_dict is in it: no dict that holds tensors only; \"epoch\" is 3")
    says("complex.pt", ".*torch%.ComplexFloatStorage, which is none of the things")
  end)
end)

describe("MAH_EXCHANGE", function()
  local shared = os.getenv "MAH_EXCHANGE"
  if not shared then
    io.stderr:write "exchange/pytorch_spec: MAH_EXCHANGE is not set: its .pt files are not read\n"
    return
  end

  it("a.b.pt", function()
    local bias = pytorch.tensors(shared .. "/a.b.pt")["0.bias"]
    assert.equal(-0.011439144611358643, bias[1])
    assert.equal(0.45777493715286255, bias[2])
    assert.equal(1, mah.load(shared .. "/a.b.pt", { activation = "relu" }).outputs)
  end)

  it("views.pt", function()
    local of = pytorch.data(shared .. "/views.pt").of
    assert.same({ 0, 3, 1, 4, 2, 5 }, of.t.tensor:flatten():totable())
    assert.same({ 3, 2 }, of.t.tensor.shape)
    assert.same({ 10, 11, 12, 13 }, of.a.tensor:totable())
    assert.same({ 50, 51 }, of.b.tensor:totable())
    assert.same({ 1, 1, 1 }, of.exp.tensor:totable())
    assert.equal(2.5, of.s.tensor:item())
    assert.same({ 0, 3 }, of.e.tensor.shape)
  end)

  it("ck.pt, and misc.pt, which has no tensors", function()
    local tensors = pytorch.tensors(shared .. "/ck.pt")
    assert.same({ 2, 3 }, tensors["0.weight"].shape)
    assert.error_matches(function() mah.load(shared .. "/misc.pt") end, "no state_dict is in it")
  end)
end)
