--- PNG pictures by kitty's graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol).
---
---     io.write(kitty.text(figure:png()))
local base64 = require "mah.draw.base64"

local kitty = {}

local CHUNK = 4096 -- bytes of base64 in an escape sequence

--- The escape sequences that show a PNG at the cursor.
---@param png string
---@return string
function kitty.text(png)
  local data, out = base64(png), {}
  for at = 1, #data, CHUNK do
    local more = at + CHUNK <= #data and 1 or 0
    local control = at == 1 and "a=T,f=100,q=2," or ""
    out[#out + 1] = ("\27_G%sm=%d;%s\27\\"):format(control, more, data:sub(at, at + CHUNK - 1))
  end
  return table.concat(out) .. "\n"
end

return kitty
