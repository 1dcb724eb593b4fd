--- How much a packed file may unpack to: models are numbers, which do not pack well.

local MOST_TIMES, MOST_MORE = 100, 2 ^ 26 -- times its bytes, and more

---@param size number   bytes of the file
---@return number       bytes
return function(size) return MOST_TIMES * size + MOST_MORE end
