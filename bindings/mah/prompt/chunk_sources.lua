--- The texts of the chunks that were typed, for those who want to know what a function says.
---
---     sources.add(chunk.read "f = function(p) return p.x end")
---     sources.of(f)      --> the chunk's text
---
--- All chunks have one name, so that messages are short. A function's chunk is the last one in
--- whose compiled form its own occurs, with its lines and names.
local chunk = require "mah.prompt.chunk"
local code = require "mah.sweep.code"

local sources = {}
local chunks = {}

-- Of string.dump's text: what stands before and behind the function, with the chunk's name.
local HEAD, TAIL = 5 + 1 + #chunk.NAME, 1

--- Remembers a chunk of chunk.read that makes functions.
---@param read {f: function, text: string}
function sources.add(read)
  if read.text:find "function" then chunks[#chunks + 1] = read end
end

---@param f function
---@return string|nil
function sources.of(f)
  local compiled = string.dump(f):sub(HEAD + 1, -TAIL - 1)
  for i = #chunks, 1, -1 do
    if string.dump(chunks[i].f):find(compiled, 1, true) then return chunks[i].text end
  end
end

code.sources[chunk.NAME] = sources.of

return sources
