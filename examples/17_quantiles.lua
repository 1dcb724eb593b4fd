--- A loss of one's own: three quantiles of y for each x, by the pinball loss. The network says how
--- far y scatters, which a mean does not.
---
--- Output:
---   below the 10 % line: ~0.09 of new points
---   below the 50 % line: ~0.48 of new points
---   below the 90 % line: ~0.89 of new points
---   wrote out/quantiles.png
local mah = require "mah"

local function draw(n, seed) -- a sine, and noise that grows with x
  local rng = mah.rng(seed)
  local x = mah.rand(n, 1, { rng = rng }) * 6
  return { x = x, y = (x:sin() + mah.randn(n, 1, { rng = rng }) * (x * 0.12 + 0.05)):squeeze(2) }
end

local q = { 0.1, 0.5, 0.9 }
local net = mah.network {
  params = { W1 = { 1, 32 }, b1 = { 32 }, W2 = { 32, 32 }, b2 = { 32 }, W3 = { 32, 3 },
    b3 = { 3 } },
  forward = function(p, x)
    local h = ((x - 3):matmul(p.W1) + p.b1):tanh()
    h = (h:matmul(p.W2) + p.b2):tanh()
    return h:matmul(p.W3) + p.b3
  end,
  loss = function(scores, y) return mah.loss.quantile(scores, y, { q = q }) end, seed = 1,
}
local train, new = draw(2000, 1), draw(2000, 2)
mah.train(net, train, { solver = mah.solver.adam { lr = 0.01 }, batch_size = 100, seed = 1,
  stop = 100, schedule = mah.schedule.cosine { epochs = 100 } })

for i, level in ipairs(q) do
  local share = new.y:lt(net:forward(new.x):select(2, i)):double():mean()
  print(("below the %d %% line: %.3f of new points"):format(level * 100, share))
end
local x = mah.linspace(0, 6, 121)
local line = net:forward(x:unsqueeze(2))
mah.file.make_directory "out"
mah.plot.lines({ title = "Quantiles of y", x_label = "x", y_label = "y", series = {
  { x = new.x:narrow(1, 1, 400):squeeze(2), y = new.y:narrow(1, 1, 400), line = false,
    marker = true, label = "new points" },
  { x = x, y = line:select(2, 2), low = line:select(2, 1), high = line:select(2, 3),
    label = "median, and from 10 % to 90 %" },
} }):save "out/quantiles.png"
print "wrote out/quantiles.png"
