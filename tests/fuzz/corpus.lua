--- Small valid files of every kind, for the fuzzers to begin with.
---
---     mah tests/fuzz/corpus.lua FOLDER         FOLDER/idx/..., FOLDER/png/... and so on
local bit = require "bit"
local file = require "mah.base.file"
local mah = require "mah"

local corpus = {}

-- -- PNG, of every colour type, depth and interlacing ---------------------------------------------

--- Four bytes, the highest first.
local function big(value)
  local bytes = {}
  for i = 1, 4 do bytes[i] = string.char(bit.band(bit.rshift(value, 32 - 8 * i), 255)) end
  return table.concat(bytes)
end

local function crc32(text)
  local crc = -1
  for i = 1, #text do
    crc = bit.bxor(crc, text:byte(i))
    for _ = 1, 8 do
      crc = bit.bxor(bit.rshift(crc, 1), bit.band(crc, 1) ~= 0 and 0xedb88320 or 0)
    end
  end
  return bit.bnot(crc)
end

--- zlib's form of bytes that are only stored.
local function zlib(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + text:byte(i)) % 65521
    b = (b + a) % 65521
  end
  local low, high = #text % 256, math.floor(#text / 256)
  return "\120\1\1" .. string.char(low, high, 255 - low, 255 - high) .. text .. big(b * 65536 + a)
end

local function chunk(kind, text) return big(#text) .. kind .. text .. big(crc32(kind .. text)) end

--- The rows of an image of w x h pixels with `bits` for each, every filter once.
local function rows(w, h, bits)
  local parts = {}
  for y = 0, w > 0 and h - 1 or -1 do
    parts[#parts + 1] = string.char(y % 5)
    for i = 1, math.ceil(w * bits / 8) do
      parts[#parts + 1] = string.char((y * 37 + i * 11) % 256)
    end
  end
  return table.concat(parts)
end

local passes = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 }, { 2, 0, 4, 4 }, { 0, 2, 2, 4 },
  { 1, 0, 2, 2 }, { 0, 1, 1, 2 } }

local function png(kind, depth, channels, interlaced, transparent)
  local w, h, data, extra = 7, 9, "", ""
  for _, p in ipairs(interlaced and passes or { { 0, 0, 1, 1 } }) do
    data = data
      .. rows(math.ceil((w - p[1]) / p[3]), math.ceil((h - p[2]) / p[4]), depth * channels)
  end
  if kind == 3 then extra = chunk("PLTE", ("abc"):rep(2 ^ depth)) end
  if transparent then extra = extra .. chunk("tRNS", ("\0\1"):rep(kind == 3 and 1 or channels)) end
  return "\137PNG\r\n\26\n" .. chunk("IHDR", big(w) .. big(h)
    .. string.char(depth, kind, 0, 0, interlaced and 1 or 0)) .. chunk("gAMA", big(100000)) .. extra
    .. chunk("IDAT", zlib(data)) .. chunk("IEND", "")
end

local function pngs(put)
  for _, k in ipairs { { 0, 1, { 1, 2, 4, 8, 16 } }, { 2, 3, { 8, 16 } }, { 3, 1, { 1, 2, 4, 8 } },
    { 4, 2, { 8, 16 } }, { 6, 4, { 8, 16 } } } do
    for _, depth in ipairs(k[3]) do
      put(png(k[1], depth, k[2], false, false))
      put(png(k[1], depth, k[2], true, k[1] < 4))
    end
  end
end

-- -- The others -----------------------------------------------------------------------------------

local function tables(put)
  for _, text in ipairs { "a,b\n1,2\n3,4.5\n", '"a ""b""";c\r\n1;2\r\n', "1\t2\r3\t-4e-5\r",
    "x\n\n1\n",
    "\239\187\1911,NA,,nan,inf\n,,,,\n", '1,"a\nb"\n2,c\n', "0.1,0.30000000000000004,1e300\n" } do
    put(text)
  end
end

local function rows_of_svmlight(put)
  for _, text in ipairs { "1 1:.5 3:2 # x\n-1 2:1e-3\n", "3,1 qid:1 0:1\r\nqid:2 7:4",
    "# x\n\n0\n" } do
    put(text)
  end
end

local numbers = {}
for _, dtype in ipairs { "float32", "float64", "int64", "int32", "uint8" } do
  numbers[#numbers + 1] = mah.arange(6, { dtype = dtype }):reshape(2, 3)
end

--- What `save` writes for tensors of each dtype, but for the one that the format lacks.
local function saved(save, path, lacks)
  return function(put)
    for _, t in ipairs(numbers) do
      if t.dtype ~= lacks then
        save(path, t)
        put(file.read(path))
      end
    end
  end
end

local function elements(put)
  for kind = 0, 13 do put(string.char(kind, kind, 2, 2, 1) .. ("\1\2\3\200"):rep(9)) end
end

--- Calls put(text) with each valid file; `scratch` is a path that may be written to.
---@param scratch string
function corpus.readers(scratch)
  local packed = scratch .. ".gz"
  return {
    csv = tables,
    elements = elements,
    idx = function(put)
      saved(mah.save_idx, scratch, "int64")(put)
      saved(mah.save_idx, packed, "int64")(put)
      os.remove(packed)
    end,
    npy = saved(mah.save_npy, scratch),
    npz = function(put)
      for _, compressed in ipairs { false, true } do
        mah.save_npz(scratch, { a = numbers[1], b = numbers[4], ["c.txt"] = numbers[2]:t() },
          { compressed = compressed })
        put(file.read(scratch))
      end
    end,
    png = pngs,
    svmlight = rows_of_svmlight,
  }
end

if arg and arg[1] and arg[0]:find "corpus%.lua$" then
  local folder = arg[1]
  for name, make in pairs(corpus.readers(folder .. "/scratch")) do
    local count = 0
    file.make_directory(folder .. "/" .. name)
    make(function(text)
      count = count + 1
      file.write(("%s/%s/%02d"):format(folder, name, count), text)
    end)
  end
  os.remove(folder .. "/scratch")
end

return corpus
