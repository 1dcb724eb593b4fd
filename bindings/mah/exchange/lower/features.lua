--- PolynomialFeatures and KBinsDiscretizer as operations.
local steps = require "mah.exchange.lower.steps"

local transformers = steps.transformers

function transformers.PolynomialFeatures(s, b)
  local products = steps.fitted(s, "products_")
  b = b:seen_by(s)
  return b:like(b.program:op("monomials", { b:numbers() }, { products = products }))
end

--- The edges between bins; the outer ones bound nothing.
local function inner(edges)
  local list = {}
  for i = 2, #edges - 1 do list[i - 1] = edges[i] end
  return list
end

local function numbers_below(n)
  local list = {}
  for i = 1, n do list[i] = i - 1 end
  return list
end

function transformers.KBinsDiscretizer(s, b)
  steps.fitted(s, "bin_edges_")
  b = b:seen_by(s)
  local p, parts = b.program, {}
  for k, edges in ipairs(s.bin_edges_) do
    parts[k] = p:op("bins", { b:column(k, "float64") }, { edges = inner(edges) })
    if s.encode == "onehot" then
      parts[k] = p:op("one_hot", { parts[k] }, { categories = numbers_below(#edges - 1) })
    end
  end
  return b:like(#parts == 1 and parts[1] or p:op("cat", parts))
end

return steps
