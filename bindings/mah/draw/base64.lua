--- Bytes as text, by RFC 4648.
---
---     base64 "foob"     --> Zm9vYg==
local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- Three bytes, or the last one or two, as four characters.
local function group(a, b, c)
  local bits, quad = a * 65536 + (b or 0) * 256 + (c or 0), ""
  for shift = 18, 0, -6 do
    local digit = math.floor(bits / 2 ^ shift) % 64 + 1
    quad = quad .. digits:sub(digit, digit)
  end
  if not b then return quad:sub(1, 2) .. "==" end
  return c and quad or quad:sub(1, 3) .. "="
end

---@param bytes string
---@return string
return function(bytes)
  local out = {}
  for i = 1, #bytes, 3 do out[#out + 1] = group(bytes:byte(i, i + 2)) end
  return table.concat(out)
end
