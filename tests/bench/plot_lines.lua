-- Seconds to draw a line of n noisy points as PNG and as SVG; beside it, plot_lines.py.
--
--     build/mah tests/bench/plot_lines.lua
--     python3 tests/bench/plot_lines.py
local mah = require "mah"

mah.plot.lines({ series = { { y = { 1, 2 } } } }):png() -- the libraries are loaded
for _, n in ipairs { 1000, 10000, 100000, 1000000 } do
  local y = mah.randn({ n }, { rng = 1 })
  local start = os.clock()
  local png = mah.plot.lines({ series = { { y = y } } }):png()
  local middle = os.clock()
  local svg = mah.plot.lines({ series = { { y = y } } }):svg()
  print(("%8d points   PNG %.3f s, %d bytes   SVG %.3f s, %d bytes"):format(n, middle - start, #png,
    os.clock() - middle, #svg))
end
