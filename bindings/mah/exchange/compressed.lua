--- Files packed by zlib, gzip, bzip2 or xz, unpacked into a string.
---
---     local kind = compressed.kind(head)            -- "gzip", or nil
---     local text = compressed.unpack(file.read(path), path)
---     local head = compressed.unpack(text, path, 64)         -- the first bytes only
---
--- zlib is the core's own; libbz2 and liblzma are loaded when the first such file is read.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"
local most_unpacked = require "mah.exchange.unpacked"

foreign.declare [[
typedef struct z_stream_s {
  const char *next_in; unsigned avail_in; unsigned long total_in;
  char *next_out; unsigned avail_out; unsigned long total_out;
  const char *msg; void *state; void *zalloc; void *zfree; void *opaque;
  int data_type; unsigned long adler; unsigned long reserved;
} z_stream;
const char *zlibVersion(void);
int inflateInit2_(z_stream *, int window_bits, const char *version, int size);
int inflate(z_stream *, int flush);
int inflateEnd(z_stream *);

typedef struct bz_stream {
  const char *next_in; unsigned avail_in, total_in_low, total_in_high;
  char *next_out; unsigned avail_out, total_out_low, total_out_high;
  void *state; void *bzalloc; void *bzfree; void *opaque;
} bz_stream;
int BZ2_bzDecompressInit(bz_stream *, int verbosity, int small);
int BZ2_bzDecompress(bz_stream *);
int BZ2_bzDecompressEnd(bz_stream *);

typedef struct lzma_stream {
  const char *next_in; size_t avail_in; uint64_t total_in;
  char *next_out; size_t avail_out; uint64_t total_out;
  const void *allocator; void *internal; void *reserved_pointers[4];
  uint64_t seek; uint64_t reserved_number; size_t reserved_sizes[2]; int reserved_enums[2];
} lzma_stream;
int lzma_auto_decoder(lzma_stream *, uint64_t memory, uint32_t flags);
int lzma_code(lzma_stream *, int action);
void lzma_end(lzma_stream *);
]]

local compressed = {}

local PIECE = 2 ^ 20 -- bytes that are unpacked at a time
local MOST_DICTIONARY = 2 ^ 27 -- bytes of memory for xz -9, and somewhat more

-- -- The three libraries: begin(stream), step(stream) -> status, close(stream); done is a status --

local function library(names, package)
  return function(path)
    return check.that(foreign.load(names),
      "%s: unpacking it needs %s: install the Debian package %s", path, names[1], package)
  end
end

local zlib = { name = "zlib", type = "mah_z_stream", done = 1, more = { [0] = true, [-5] = true },
  load = function() return C end,
  begin = function(lib, z)
    return lib.mah_inflateInit2_(z, 47, lib.mah_zlibVersion(), ffi.sizeof "mah_z_stream")
  end, -- 47: zlib or gzip, whichever it is
  step = function(lib, z) return lib.mah_inflate(z, 0) end,
  close = function(lib, z) lib.mah_inflateEnd(z) end }

local bzip2 = { name = "bzip2", type = "mah_bz_stream", done = 4, more = { [0] = true },
  load = library({ "libbz2.so.1.0", "bz2" }, "libbz2-1.0"),
  begin = function(lib, z) return lib.mah_BZ2_bzDecompressInit(z, 0, 0) end,
  step = function(lib, z) return lib.mah_BZ2_bzDecompress(z) end,
  close = function(lib, z) lib.mah_BZ2_bzDecompressEnd(z) end }

local xz = { name = "xz", type = "mah_lzma_stream", done = 1, more = { [0] = true },
  load = library({ "liblzma.so.5", "lzma" }, "liblzma5"),
  begin = function(lib, z) return lib.mah_lzma_auto_decoder(z, MOST_DICTIONARY, 0) end,
  step = function(lib, z) return lib.mah_lzma_code(z, 0) end,
  close = function(lib, z) lib.mah_lzma_end(z) end }

-- -- Which ----------------------------------------------------------------------------------------

local beginnings = {
  { "^\120[\1\94\156\218]", zlib }, { "^\31\139\8", zlib }, { "^BZh[1-9]", bzip2 },
  { "^\253\55zXZ%z", xz }, { "^\93%z%z", xz },
}

local function packer_of(head)
  for _, pair in ipairs(beginnings) do
    if head:find(pair[1]) then return pair[2] end
  end
end

--- The packer's name; nil for a file that is not packed, or otherwise.
---@param head string   the file's first bytes
---@return string|nil
function compressed.kind(head)
  local packer = packer_of(head)
  return packer and packer.name
end

-- -- Unpacking ------------------------------------------------------------------------------------

--- Unpacks piece by piece, as far as `enough` bytes.
local function pieces(packer, lib, z, text, enough, partial, path)
  local buffer, parts, total = ffi.new("char[?]", math.min(PIECE, enough + 1)), {}, 0
  local size = ffi.sizeof(buffer)
  local status
  z.next_in, z.avail_in = text, #text
  repeat
    z.next_out, z.avail_out = buffer, size
    local waiting = z.avail_in
    status = packer.step(lib, z)
    local got = size - tonumber(z.avail_out)
    parts[#parts + 1], total = ffi.string(buffer, got), total + got
    local stuck = got == 0 and z.avail_in == waiting
    if total >= enough and partial then break end
    check.that(total <= enough, "%s: it unpacks to more than %.0f bytes, which is too much for "
      .. "such a file", path, enough)
    local broken = status ~= packer.done and (not packer.more[status] or stuck)
    if partial and broken and packer.more[status] then break end
    check.that(not broken, "%s: its bytes, packed by %s, are broken or cut off (%d)", path,
      packer.name, status)
  until status == packer.done
  return table.concat(parts), tonumber(z.avail_in)
end

--- What the file's bytes unpack to. Damage, and far more than a model's numbers give, are errors.
---@param text string
---@param path string        for messages
---@param first integer|nil  only about so many bytes of it, of a text that may be cut off
---@return string
function compressed.unpack(text, path, first)
  local packer = check.that(packer_of(text), "%s: it is not packed by zlib, gzip, bzip2 or xz",
    path)
  local lib, z = packer.load(path), ffi.new(packer.type)
  check.that(packer.begin(lib, z) == 0, "%s: %s cannot begin to unpack it", path, packer.name)
  local ok, out, left = pcall(pieces, packer, lib, z, text,
    first or most_unpacked(#text), first ~= nil, path)
  packer.close(lib, z)
  if not ok then error(out, 0) end
  check.that(first or left == 0, "%s: there are %d bytes behind what was packed", path, left)
  return out
end

return compressed
