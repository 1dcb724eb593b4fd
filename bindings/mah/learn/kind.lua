--- The kinds of networks that can be trained: layers in the core (network.lua), and functions in
--- Lua whose gradient is the tape's (taped/). Each class says here what is its own of a training.
---
---     kind.define(Network, {
---       check_set = f,     -- (net, set, name) a data set {x =, y =, weight =, scale =}, checked:
---                          --   with y as the network takes it, and its `rows`
---       classes = f,       -- (net, set) (N) class numbers to stratify by, or nil
---       feed = f,          -- (trainer) gives it its `batch`, which is pointed at each mini-batch,
---                          --   and `training`, what the core is called with
---       measure = f,       -- (net, set) loss and score of a validation set
---       look = f,          -- (trainer, w, loss, gradient) detect_anomaly: raises what it finds
---       whole_batch = f,   -- (net, x, y, o) a batch of all rows, for gradcheck.lua
---       gives = f, probabilities = f, has_labels = f, describe = f,   -- see ensemble.lua
---       slopes = f,        -- (trainer) for least squares: a function (w, with_derivatives) -> the
---                          --   outputs (rows, K) and their derivatives (rows K, P); and a mask
---                          --   (P) of what l2 pulls
---       callbacks = f,     -- (net) the user's functions in it, by name, and a list of what is the
---                          --   network's own
---     })
---
--- All have `params`, `dtype`, `loss_function`, `input_scale`, `in_lua` (has Lua a hand in each
--- step?), `buffers` (a vector that training changes besides; nil, or empty, without any),
--- `trained` (its last training: resumption.lua), evaluate(batch, w, gradient) and
--- score(x, y, weight).
local kind = {}

local kinds = {}

---@param class table   the networks' metatable
---@param functions table
function kind.define(class, functions) kinds[class] = functions end

--- The functions of a network's kind; nil of what is no network.
---@param net any
---@return table|nil
function kind.of(net) return type(net) == "table" and kinds[getmetatable(net)] or nil end

--- What a training changes of a network besides its parameters, as running means; nil where there
--- is nothing.
---@param net table
---@return tensor|nil   (B), B > 0
function kind.buffers(net)
  local buffers = rawget(net, "buffers")
  return buffers and #buffers > 0 and buffers or nil
end

return kind
