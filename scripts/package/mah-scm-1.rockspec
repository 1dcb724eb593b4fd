-- For LuaRocks, in the folder of the checkout (CMake and the libraries that scripts/setup.sh names
-- must be there; lua-cjson may come from the system or as a rock of its own):
--
--    luarocks --lua-version 5.1 make scripts/package/mah-scm-1.rockspec
rockspec_format = "3.0"
package = "mah"
version = "scm-1"
source = { url = "file://." }
description = {
  summary = "A numerical toolkit in C that is scripted in Lua",
  detailed = "Tensors, multi-layer perceptrons and other networks, gradients, sweeps and pictures: "
    .. "the program mah, with LuaJIT inside, and the modules for a stock luajit.",
  license = "MIT",
}
dependencies = { "lua ~> 5.1" }
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    CMAKE_INSTALL_LIBDIR = "lib",
    MAH_LUADIR = "lua",
    MAH_PLAIN_LIBRARY = "ON",
    MAH_TESTS = "OFF",
  },
}
