--- A report of one's own, of a classifier of one's own: out/shop/index.html is one page, for a desk
--- or a phone, light or dark. The visitors of a shop are made up, so that this runs anywhere.
---
--- Output:
---   report "Who buys?" to 'out/shop', ... blocks
local mah = require "mah"

local x, luck, buys = mah.rand(1600, 3, { rng = 1 }) * 100, mah.rng(2), {}
for i = 1, #x do buys[i] = x[i][1] - x[i][2] + 25 * luck:normal() > 0 and "yes" or "no" end
local visitors = mah.data.table(x, { names = { "minutes", "price", "age" } }):with { buys = buys }
local train, test = visitors:split { test = 0.4, stratify = "buys", seed = 1 }
local function fit(units)
  return mah.Pipeline { mah.preprocessing.StandardScaler {}, mah.MLPClassifier {
    hidden_layer_sizes = { units }, random_state = 1, max_iter = 500 } }:fit(train, "buys")
end

local small, large, r = fit(4), fit(200), mah.report { title = "Who buys?", out = "out/shop" }
r:text "Visitors of a **made-up shop**: who stays long, and looks at what is cheap, buys."
r:table(visitors:head(5), "The first of 1600 visitors")
r:figure(mah.plot.hist { x = visitors.minutes:tensor(), x_label = "minutes", width = 460,
  height = 300 }, "How long they stay")
r:model(small, { train = train, test = test, target = "buys" }):code(fit)
r:compare { a = small, b = large, on = test, target = "buys", names = { "4 units", "200 units" } }
print(r:save())
