--- Sobol's sequence (Sobol 1967; in Gray code order by Antonov and Saleev 1979) with the direction
--- numbers of Joe and Kuo ("Constructing Sobol sequences with better two-dimensional projections",
--- SIAM J. Sci. Comput. 30, 2008): points that fill the unit cube more evenly than random ones.
---
---     sobol.number(6, 2)     --> 0.875: coordinate 2 of point 6 (point 1 is at the origin)
local bit = require "bit"

local sobol = {}

--- For each dimension from the second on: the coefficients a of a primitive polynomial over GF(2),
--- and the first numbers m, as many as its degree.
local table_of_joe_and_kuo = {
  { 0, { 1 } }, { 1, { 1, 3 } }, { 1, { 1, 3, 1 } }, { 2, { 1, 1, 1 } },
  { 1, { 1, 1, 3, 3 } }, { 4, { 1, 3, 5, 13 } }, { 2, { 1, 1, 5, 5, 17 } },
  { 4, { 1, 1, 5, 5, 5 } },
  { 7, { 1, 1, 7, 11, 19 } }, { 11, { 1, 1, 5, 1, 1 } }, { 13, { 1, 1, 1, 3, 11 } },
  { 14, { 1, 3, 5, 5, 31 } }, { 1, { 1, 3, 3, 9, 7, 49 } }, { 13, { 1, 1, 1, 15, 21, 21 } },
  { 16, { 1, 3, 1, 13, 27, 49 } }, { 19, { 1, 1, 1, 15, 7, 5 } }, { 22, { 1, 3, 1, 15, 13, 25 } },
  { 25, { 1, 1, 5, 5, 19, 61 } }, { 1, { 1, 3, 7, 11, 23, 15, 103 } },
  { 4, { 1, 3, 7, 13, 13, 15, 69 } },
}

sobol.MOST = #table_of_joe_and_kuo + 1

local BITS = 32

--- v[k]: the direction number of bit k, as a fraction of 2^32.
local function directions(dimension)
  local v = {}
  if dimension == 1 then
    for k = 1, BITS do v[k] = bit.lshift(1, BITS - k) end
    return v
  end
  local a, m = unpack(table_of_joe_and_kuo[dimension - 1])
  local degree = #m
  for k = 1, degree do v[k] = bit.lshift(m[k], BITS - k) end
  for k = degree + 1, BITS do
    v[k] = bit.bxor(v[k - degree], bit.rshift(v[k - degree], degree))
    for i = 1, degree - 1 do
      if bit.band(bit.rshift(a, degree - 1 - i), 1) == 1 then v[k] = bit.bxor(v[k], v[k - i]) end
    end
  end
  return v
end

local cache = {}

--- One coordinate in [0, 1), in 32 bits.
---@param point integer       from 1
---@param dimension integer   1 ... sobol.MOST
---@param shift integer|nil   32 bits, added without carry: another sequence, as even as this one
---@return number
function sobol.number(point, dimension, shift)
  cache[dimension] = cache[dimension] or directions(dimension)
  local v, x = cache[dimension], shift or 0
  local gray = bit.bxor(point - 1, bit.rshift(point - 1, 1))
  for k = 1, BITS do
    if bit.band(gray, bit.lshift(1, k - 1)) ~= 0 then x = bit.bxor(x, v[k]) end
  end
  return x % 2 ^ 32 / 2 ^ 32
end

return sobol
