--- Tensors in a minute: making, arithmetic with broadcasting, views, reductions.
---
--- Output:
---   7.389...
---   2 2 float32
---   1 3
---   20
---   7 10
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
