--- Steps of least squares within a trust region: the p for which |J p + r| is least, with |D p| at
--- most delta (Moré: "The Levenberg-Marquardt algorithm: implementation and theory", Lecture Notes
--- in Mathematics 630, 1978). By the singular values of J D^-1 = U diag(s) V^T, one decomposition
--- for all the steps from a point, so that columns may depend on one another:
---   q = -s (U^T r) / (s^2 + mu),  p = D^-1 V q,  with the mu >= 0 for which |q| is delta
---
---     local model = trust_region.new(J, r, D)
---     local p, step = model:step(delta, mu)
local tensor = require "mah.tensor"

local Model = {}
Model.__index = Model

local trust_region = {}

local NEAR = 0.1 -- how near |q| has to be to delta, as in MINPACK
local EPSILON, TINY = 2 ^ -52, 2 ^ -1022
local NOISE = { float32 = 2 ^ -19, float64 = 2 ^ -46 } -- some roundings

--- The norms of J's columns, and J without columns that are all roundings: of parameters that
--- nothing depends on, as a bias in front of a batch norm. Scaled to 1, they would lead anywhere.
---@param J tensor       (m, n) float64
---@param dtype string   that J was computed in
---@return tensor norms, tensor J
function trust_region.columns(J, dtype)
  local norms = J:square():sum(1):sqrt()
  if #norms == 0 then return norms, J end
  local least = NOISE[dtype] * norms:max()
  if norms:min() > least or least - least ~= 0 then return norms, J end
  local is_one = norms:gt(least):double()
  return norms * is_one, J * is_one
end

---@param J tensor   (m, n) float64
---@param r tensor   (m) float64
---@param D tensor   (n) float64, > 0
---@return table model   with s, the singular values, and rank
function trust_region.new(J, r, D)
  local u, s, vt = (J / D):svd()
  local values, along = s:totable(), u:t():matmul(r):totable()
  local self = setmetatable({ s = values, c = along, vt = vt, D = D, rank = 0 }, Model)
  local least = EPSILON * math.max(J.shape[1], J.shape[2]) * (values[1] or 0)
  for i, value in ipairs(values) do
    if value > least then self.rank = i end
  end
  self.squares = r:dot(r)
  return self
end

--- |q| of a mu, and its derivative.
local function length_of(self, mu)
  local s, c, squares, slope = self.s, self.c, 0, 0
  for i = 1, self.rank do
    local d = s[i] * s[i] + mu
    local q = s[i] * c[i] / d
    squares, slope = squares + q * q, slope - q * q / d
  end
  local length = math.sqrt(squares)
  return length, length > 0 and slope / length or 0
end

--- The mu for which |q| is delta: Newton's method on 1/|q| (Hebden 1973), kept above a lower bound,
--- from a guess: MINPACK's lmpar.
local function damping(self, delta, guess)
  local length, slope = length_of(self, 0)
  local low, high = 0, 0
  if length <= (1 + NEAR) * delta then return 0 end
  if self.rank == #self.D then low = (length / delta) * (length - delta) / -slope end
  for i = 1, self.rank do high = high + (self.s[i] * self.c[i]) ^ 2 end
  high = math.sqrt(high)
  local mu, off = math.min(math.max(guess, low), high / delta), length - delta
  if mu == 0 then mu = high / length end
  high = high / delta
  for _ = 1, 10 do
    local before = off
    if mu == 0 then mu = math.max(TINY, 1e-3 * high) end
    length, slope = length_of(self, mu)
    off = length - delta
    if math.abs(off) <= NEAR * delta or low == 0 and off <= before and before < 0 then break end
    if off > 0 then low = math.max(low, mu) else high = math.min(high, mu) end
    mu = math.max(low, mu - (length / delta) * (off / slope))
  end
  return mu
end

--- The step p; and of it: how much |r|^2 is predicted to fall by, and half its slope, as shares of
--- it; the length |D p|; and mu, which is 0 where delta does not bound it.
---@param delta number
---@param guess number   of mu
---@return tensor p, {predicted: number, slope: number, length: number, mu: number}
function Model:step(delta, guess)
  local mu = damping(self, delta, guess)
  local s, c, q, reached, squares = self.s, self.c, {}, 0, 0
  for i = 1, #s do
    q[i] = i <= self.rank and -s[i] * c[i] / (s[i] * s[i] + mu) or 0
    reached, squares = reached + (s[i] * q[i]) ^ 2, squares + q[i] * q[i]
  end
  local p = self.vt:t():matmul(tensor.tensor(q, "float64")) / self.D
  return p, {
    predicted = (reached + 2 * mu * squares) / self.squares,
    slope = -(reached + mu * squares) / self.squares,
    length = math.sqrt(squares), mu = mu,
  }
end

--- The inverse of J^T J; nil where J has not full rank.
---@return tensor|nil   (n, n)
function Model:inverse()
  local n = #self.D
  if self.rank < n then return nil end
  local s = tensor.tensor(self.s, "float64")
  local half = self.vt:t() / s / self.D:unsqueeze(2)
  return half:matmul(half:t())
end

return trust_region
