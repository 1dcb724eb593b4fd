--- Names that NumPy, PyTorch and SciPy have for what is called otherwise here, and what to write:
--- for messages.
local rng = "write rng = mah.rng(seed), then "
local new = "write mah.tensor{1, 2, 3}"
local none = "nothing records gradients, and there is one device; leave it out"

local elsewhere = {
  --- dtypes by the methods that convert to them, and PyTorch's names
  dtype = {
    float = "float32", double = "float64", long = "int64", int = "int32", byte = "uint8",
    half = "float16", boolean = "bool",
  },
  --- x.name
  tensor = {
    astype = 'write x:to("float64")', type = 'write x.dtype, or x:to("float64")',
    T = "write x:t()", tolist = "write x:totable()", numpy = "write x:totable(), or mah.save_npy",
    copy = "write x:clone()", clip = "write x:clamp(low, high)",
    percentile = "write x:quantile(0.95)", power = "write x ^ 2",
    log2 = "write x:log() / math.log(2)", log10 = "write x:log() / math.log(10)",
    softmax = "write (x - x:logsumexp(-1, true)):exp()",
    nelement = "write x:numel()", argwhere = "write x:nonzero()",
    cpu = none, cuda = none, detach = none, requires_grad_ = none,
  },
  --- mah.name
  mah = {
    VotingClassifier = "write mah.ensemble{a, b, c} of fitted models",
    VotingRegressor = "write mah.ensemble{a, b, c} of fitted models",
    array = new, asarray = new, as_tensor = new, Tensor = new,
    from_numpy = "mah.load_npy reads what numpy.save wrote",
    concatenate = "write mah.cat({x, y}, 1)", concat = "write mah.cat({x, y}, 1)",
    vstack = "write mah.cat({x, y}, 1)", hstack = "write mah.cat({x, y}, 2)",
    percentile = "write mah.quantile(x, 0.95)", argwhere = "write mah.nonzero(x)",
    power = "write x ^ 2", histc = "write mah.histogram(x, 10)",
    correlate = "write mah.convolve(a, v:flip())", factorial = "write mah.gamma(n + 1)",
    inf = "write math.huge", nan = "write 0 / 0", pi = "write math.pi",
    random = "write mah.rand, mah.randn, mah.randint or mah.rng(seed)",
    seed = "write mah.manual_seed(1)",
    choice = rng .. "x:index_select(1, rng:integers(1, #x, 10))",
    shuffle = rng .. "rng:shuffle(x)", permutation = "write mah.randperm(n)",
    bernoulli = rng .. "rng:fill_bernoulli(x, 0.5)",
    stats = "write mah.distributions.normal(0, 1):cdf(x)",
    special = "its functions are mah.erf, mah.gamma, mah.betainc ...",
    nn = "write mah.mlp{...}", optim = "write mah.solver", no_grad = none,
    save = "write mah.save_npy, mah.save_npz or mah.save_safetensors",
    dtype = 'dtypes are strings: x:to("float64")',
  },
  --- mah.distributions.name
  distributions = {
    t = "write student_t(df)", expon = "write exponential(scale)", binom = "write binomial(n, p)",
    lognorm = "write lognormal(mean, std)", geom = "write geometric(p)",
    gaussian = "write normal(mean, std)", bernoulli = "write binomial(1, p)",
  },
  --- d.name of a distribution
  distribution = {
    rvs = "write d:sample(10)", var = "write d:variance()", log_prob = "write d:logpdf(x)",
    icdf = "write d:quantile(p)", stddev = "write d:std()", median = "write d:quantile(0.5)",
  },
  --- rng.name
  rng = {
    rand = "write rng:uniform(0, 1, 10)", randn = "write rng:normal(0, 1, 10)",
    standard_normal = "write rng:normal(0, 1, 10)", randint = "write rng:integers(1, 6, 10)",
    choice = "write x:index_select(1, rng:integers(1, #x, 10))",
    seed = "write rng = mah.rng(1)",
  },
}

for _, name in ipairs { "float32", "float64", "int64", "int32", "uint8", "float16", "bfloat16" } do
  elsewhere.mah[name] = ('dtypes are strings: x:to("%s")'):format(name)
end

return elsewhere
