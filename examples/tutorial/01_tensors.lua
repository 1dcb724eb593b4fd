--- First tensors: numbers in rows and columns, and a first model made of them.
---
--- A tensor is a block of numbers with a shape. Nearly all that Mah does, it does with tensors, and
--- a whole block at a time: that is shorter to write than a loop, and much faster. Type along at
--- the prompt (start it with `mah`), or run the chapter: `mah 01_tensors.lua`.
---
--- Output:
---   float32 4x3
---   {{12.0, 25.0, 18.0},
---    {14.0, 31.0, 17.0},
---    {11.0, 29.0, 21.0},
---    {15.0, 27.0, 24.0}}
---   4 days, 3 towns, and on day 2 the second had 31 degrees
---   means of the towns: 13 28 20
---   warmest on day: 4 2 4
---   columns of mean 0: true
---   3 values above 26, on average 29
---   1000 throws of a die: on average 3.5
---   it falls by 0.0065 degrees a metre, from 15.0 at the sea
---   the same after a file: true
local mah = require "mah"

-- Four days in three towns. Print a tensor, and it tells its type, its shape and its values.
local t = mah.tensor { { 12, 25, 18 }, { 14, 31, 17 }, { 11, 29, 21 }, { 15, 27, 24 } }
print(t)

-- Positions count from 1: first the row, then the column. t[2] is the second row, a tensor itself.
print(("%d days, %d towns, and on day 2 the second had %d degrees"):format(
  t.shape[1], t.shape[2], t[2][2]))

-- Reductions make one number of many. sum, mean, max, std ... take all elements, or go along one
-- dimension: 1 is down the columns. One mean for each town, then; `unpack` is Lua's own.
print("means of the towns:", unpack(t:mean(1):totable()))
print("warmest on day:", unpack(t:argmax(1):totable())) -- positions, again from 1

-- Arithmetic is done element by element. Where shapes differ, the smaller is repeated: from a
-- matrix of 4x3 one may take a row of 3. So columns of any scale are brought to mean 0 and spread
-- 1, which is what networks like best; chapter 3 leaves that to a scaler.
local z = (t - t:mean(1)) / t:std(1)
print("columns of mean 0:", z:mean(1):abs():max() < 1e-6)

-- A comparison gives a mask of true and false, and a mask picks elements. (In Lua `t > 26` can only
-- give one answer, not twelve; so it is t:gt(26).)
local hot = t[t:gt(26)]
print(("%d values above 26, on average %d"):format(#hot, hot:mean()))

-- A part of a tensor is a view of it: the same numbers in memory, not a copy. A method whose name
-- ends in _ changes them in place. So this sets the first town to zero in `copy`, and, because
-- clone has made new numbers, not in `t`.
local copy = t:clone()
copy[{ {}, 1 }]:zero_() -- {} is all rows
assert(copy:sum() == t:sum() - 52)

-- Chance is repeatable: a generator is a seed, and the same seed gives the same numbers.
local throws = mah.randint(1, 6, 1000, { rng = 1 })
print(("%d throws of a die: on average %.1f"):format(#throws, throws:float():mean()))

-- A first model, a straight line. It gets colder as one climbs: y = a + b x, and least squares
-- finds the a and b that leave the smallest errors. The matrix has a column of ones for a, and x
-- for b.
local height = mah.tensor { 0, 200, 500, 900, 1400, 2000 }
local measured = mah.tensor { 15.1, 13.6, 11.8, 9.1, 5.8, 2.1 }
local line = mah.linalg.lstsq(mah.stack({ mah.ones(6), height }, 2), measured)
print(("it falls by %.4f degrees a metre, from %.1f at the sea"):format(-line[2], line[1]))

-- NumPy reads this file, and Mah reads NumPy's.
mah.save_npy("temperatures.npy", t)
print("the same after a file:", mah.load_npy("temperatures.npy"):equal(t))

-- tensor_functions.md, beside this file, lists all that tensors can; `?sum` at the prompt tells the
-- rest about each. The next chapter bends the line.
