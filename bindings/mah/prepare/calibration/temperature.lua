--- Temperature scaling (Guo and others, On Calibration of Modern Neural Networks, 2017): all
--- probabilities to the power 1 / T, so that their order stays; T makes the likelihood greatest.
---
---     local s = temperature.fit(p, codes, weight)      s.T      temperature.apply(s, p)
local minimum = require "mah.prepare.minimum"
local tensor = require "mah.tensor"

local temperature = {}

local LEAST = 2 ^ -1022

--- Logarithms of probabilities, of which none is -inf.
local function logits(p) return p:double():clamp(LEAST, 1):log() end

---@param p tensor          (N, K) probabilities
---@param codes tensor      (N) int32 class numbers from 0
---@param weight tensor|nil (N)
---@return {T: number}
function temperature.fit(p, codes, weight)
  local z = logits(p)
  local own = z:gather(2, (codes + 1):reshape(#codes, 1)):select(2, 1)
  weight = weight and weight:double() or tensor.ones(#codes, { dtype = "float64" })
  local log_t = minimum(function(log_t)
    local scale = math.exp(-log_t)
    return (weight * ((z * scale):logsumexp(2) - own * scale)):sum()
  end, 0, 0.5)
  return { T = math.exp(log_t) }
end

---@param p tensor   (N, K)
---@return tensor    (N, K)
function temperature.apply(s, p)
  local z = logits(p) / s.T
  return (z - z:logsumexp(2, true)):exp()
end

return temperature
