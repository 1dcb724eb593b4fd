--- PNG pictures by kitty's graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol).
---
---     io.write(kitty.text(figure:png()))
local kitty = {}

local CHUNK = 4096 -- bytes of base64 in an escape sequence

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- RFC 4648.
---@param bytes string
---@return string
function kitty.base64(bytes)
  local out = {}
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for k = 0, 3 do
      local six = math.floor(n / 64 ^ (3 - k)) % 64
      out[#out + 1] = k > (c and 3 or b and 2 or 1) and "=" or alphabet:sub(six + 1, six + 1)
    end
  end
  return table.concat(out)
end

--- The escape sequences that show a PNG at the cursor.
---@param png string
---@return string
function kitty.text(png)
  local data, out = kitty.base64(png), {}
  for at = 1, #data, CHUNK do
    local more = at + CHUNK <= #data and 1 or 0
    local control = at == 1 and "a=T,f=100,q=2," or ""
    out[#out + 1] = ("\27_G%sm=%d;%s\27\\"):format(control, more, data:sub(at, at + CHUNK - 1))
  end
  return table.concat(out) .. "\n"
end

return kitty
