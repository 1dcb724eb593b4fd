--- Names of files that begin in a certain way, through the C library's glob.
---
---     glob.matching "data/mn"        --> {"data/mnist/"}: folders end with a slash
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
typedef struct { size_t count; char **paths; size_t reserved; char room[64]; } glob_t;
int glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *out);
void globfree(glob_t *out);
]]

local MARK = ffi.os == "OSX" and 8 or 2 -- GLOB_MARK: a slash after folders

local glob = {}

--- The paths that start with `prefix`, sorted. `~/` is the home folder.
---@param prefix string
---@return string[]
function glob.matching(prefix)
  local home = os.getenv "HOME"
  local from_home = prefix:sub(1, 2) == "~/" and home
  local real = from_home and home .. prefix:sub(2) or prefix
  local out, list = ffi.new "mah_glob_t", {}
  if ffi.C.mah_glob(real:gsub("[%[%]*?\\]", "\\%0") .. "*", MARK, nil, out) == 0 then
    for i = 0, tonumber(out.count) - 1 do
      local path = ffi.string(out.paths[i])
      list[#list + 1] = from_home and "~" .. path:sub(#home + 1) or path
    end
  end
  ffi.C.mah_globfree(out)
  return list
end

return glob
