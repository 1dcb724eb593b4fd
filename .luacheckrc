std = "luajit"
cache = false
max_line_length = 100
exclude_files = { "tests/golden/*.lua" } -- made by make_elementwise.py
ignore = { "581" } -- `not (x > y)` is not `x <= y` where NaN may come
files["tests/lua"] = { std = "+busted" }
files["tests/lua/run.lua"] = { globals = { "arg" } }
