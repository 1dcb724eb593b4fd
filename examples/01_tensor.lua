--- Tensors in a minute: making, arithmetic with broadcasting, views, reductions, masks, dtypes.
---
--- Output:
---   7.389...
---   2 2 float32
---   1 3
---   20
---   7 10
---   bool 3 -11
---   0 5 0
---   7 5
---   int64 float32
local mah = require "mah"

local a = mah.tensor { { 1, 2 }, { 3, 4 } }
local b = mah.arange(1, 4):reshape(2, 2)

local c = (a * 2):exp() -- new tensors, element by element
print(c[1][1])
print(c.shape[1], c.shape[2], c.dtype)

local column = a:t()[1] -- views share the storage: the first column of a
print(column[1], column[2])
column:mul_(10) -- in place, because of the _
print((a:sum(1))[1] / 2) -- so a has changed

local product = mah.eye(2):matmul(b:float() + mah.tensor { 6, 8 }) -- a row is added to each row
print(product[1][1], product[1][2])

local x = mah.tensor { { 3, -2, 4 }, { -1, 5, -8 } }
local negative = x:lt(0) -- true or false for each element
print(negative.dtype, negative:sum(), x[negative]:sum())
x[negative] = 0
print(x[2][1], x[{ 2, 2 }], x[{ -1, -1 }]) -- positions count from 1, or from -1 at the end
local rows = x[mah.tensor({ 1, 2, 1 }, "int32")] -- by tensors of positions: row 1, row 2, row 1
print(rows[{ 3, {} }]:sum(), rows:max())

local counts = negative:sum(1) -- along dimension 1, the rows: one number for each column
print(counts.dtype, (counts / 2).dtype)
