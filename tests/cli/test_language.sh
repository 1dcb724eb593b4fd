# The language that scripts get: right values of `...`, whole loops over tables, and the FFI's names left to them.
. ./harness.sh

for seed in 1 2 3; do
  timeout -k 5 60 "$MAH" -e 'jit.off()' "$ROOT/tests/cli/varargs.lua" $seed 60 >interpreted
  run "$MAH" "$ROOT/tests/cli/varargs.lua" $seed 60
  expect "vararg functions, seed $seed" 0 "$(cat interpreted)" ""
done

# A loop over a table goes to its end, also when it is given up as not compilable on the way (here for
# the loop inside of it); `next` and what has no elements behave as ever.
cat >loops.lua <<'END'
local inner = { 1, 2, 3, 4, 5 }
local outer = { a = inner, b = inner, c = inner, d = inner, e = inner }
local function interpret(...) for _ = 1, 100 do end end -- a call that is not compiled with its caller
local function count_pairs()
  local n = 0
  for _, list in pairs(outer) do
    for _ in pairs(list) do end
    n = n + 1
  end
  return n
end
local function count_next()
  local n = 0
  for _, list in next, outer do
    for _ in next, list do end
    n = n + 1
  end
  return n
end
local short = 0
for _ = 1, 20000 do
  interpret()
  if count_pairs() ~= 5 or count_next() ~= 5 then short = short + 1 end
end
print(short, next {}, next { 7 })
print(pcall(function() for _ in pairs(nil) do end end))
print(pcall(function() next(1) end))
END
run "$MAH" loops.lua
expect "pairs and next" 0 "0	nil	1	7
false	loops.lua:26: bad argument #1 to 'pairs' (table expected, got nil)
false	loops.lua:27: bad argument #1 to 'next' (table expected, got number)" ""

# A handler of the script's own hears of every record, and the guard stays.
cat >attached.lua <<'END'
local heard = 0
local function hear() heard = heard + 1 end
jit.attach(hear, "record")
local function first(...)
  for _ = 1, 60 do end
  local a = ...
  return a
end
local wrong = 0
for i = 1, 300 do wrong = wrong + (first(i, 0) == i and 0 or 1) end
local before = heard
jit.attach(hear)
for i = 1, 300 do local s = 0 for k = 1, 100 do s = s + k end wrong = wrong + (s == 5050 and 0 or 1) end
print(wrong, before > 0, heard == before)
END
run "$MAH" attached.lua
expect "jit.attach" 0 "0	true	true" ""

# What a C header says, before mah is loaded or afterwards, works as it would without mah.
cat >user.lua <<'END'
local ffi = require "ffi"
local function declare()
  ffi.cdef [[
  struct timespec { long tv_sec; long tv_nsec; };
  struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; };
  int clock_gettime(int clock, struct timespec *out);
  int isatty(int); int open(const char *, int, ...); int close(int); int mkdir(const char *, unsigned);
  int ioctl(int, unsigned long, ...); int getpid(void); char *strerror(int); long sysconf(int);
  typedef struct { size_t gl_pathc; char **gl_pathv; size_t gl_offs; char rest[64]; } glob_t;
  int glob(const char *, int, int (*)(const char *, int), glob_t *); void globfree(glob_t *);
  typedef struct sqlite3 sqlite3; typedef struct sqlite3_stmt sqlite3_stmt;
  int sqlite3_open(const char *, sqlite3 **); int sqlite3_close_v2(sqlite3 *);
  int sqlite3_exec(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
  int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
  int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *));
  int sqlite3_step(sqlite3_stmt *); const unsigned char *sqlite3_column_text(sqlite3_stmt *, int);
  int sqlite3_finalize(sqlite3_stmt *);
  typedef struct _cairo cairo_t; typedef struct _cairo_surface cairo_surface_t;
  typedef enum { CAIRO_FORMAT_ARGB32, CAIRO_FORMAT_RGB24 } cairo_format_t;
  typedef enum { CAIRO_STATUS_SUCCESS } cairo_status_t;
  typedef struct _cairo_matrix { double xx, yx, xy, yy, x0, y0; } cairo_matrix_t;
  cairo_surface_t *cairo_image_surface_create(cairo_format_t, int, int);
  cairo_t *cairo_create(cairo_surface_t *); cairo_status_t cairo_status(cairo_t *);
  void cairo_get_matrix(cairo_t *, cairo_matrix_t *); void cairo_scale(cairo_t *, double, double);
  typedef struct png_struct_def png_struct; typedef struct z_stream_s z_stream;
  unsigned long crc32(unsigned long, const unsigned char *, unsigned);
  ]]
end
local function use()
  local C, now = ffi.C, ffi.new "struct timespec"
  assert(C.clock_gettime(1, now) == 0 and now.tv_sec > 0)
  assert(C.isatty(C.open("/dev/null", 0)) == 0 and C.getpid() > 0 and C.sysconf(84) > 0)
  assert(ffi.string(C.strerror(2)) == "No such file or directory")
  local found = ffi.new "glob_t"
  assert(C.glob("/dev/nul[l]", 0, nil, found) == 0 and found.gl_pathc == 1)
  C.globfree(found)
  local S, db, s = ffi.load "libsqlite3.so.0", ffi.new "sqlite3 *[1]", ffi.new "sqlite3_stmt *[1]"
  assert(S.sqlite3_open(":memory:", db) == 0)
  assert(S.sqlite3_prepare_v2(db[0], "SELECT ?", -1, s, nil) == 0)
  assert(S.sqlite3_bind_text(s[0], 1, "own", -1, nil) == 0 and S.sqlite3_step(s[0]) == 100)
  assert(ffi.string(S.sqlite3_column_text(s[0], 0)) == "own" and S.sqlite3_finalize(s[0]) == 0)
  assert(S.sqlite3_close_v2(db[0]) == 0)
  local K, m = ffi.load "libcairo.so.2", ffi.new "cairo_matrix_t"
  local cr = K.cairo_create(K.cairo_image_surface_create("CAIRO_FORMAT_RGB24", 8, 8))
  K.cairo_scale(cr, 3, 2)
  K.cairo_get_matrix(cr, m)
  assert(K.cairo_status(cr) == "CAIRO_STATUS_SUCCESS" and m.xx == 3)
end
local function use_mah()
  local mah = require "mah"
  mah.plot.lines{series = {{y = {1, 2, 3}}}}:save "lines.png"
  mah.plot.heatmap{z = mah.rand(3, 3)}:save "heat.png"
  local study = mah.sweep{name = "s", store = "s.db", grid = {a = {1, 2}},
    trial = function(p) return {y = p.a} end}
  study:run{quiet = true}
  assert(#study:results() == 2 and mah.machine().cores > 0 and mah.progress.now() > 0)
end
for _, step in ipairs(arg[1] == "before" and {declare, use, use_mah, use}
  or {use_mah, declare, use, use_mah}) do step() end
END
for order in before after; do
  rm -f s.db*
  run "$MAH" user.lua $order
  expect "declarations of a script's own, $order mah's" 0 "" ""
done

finish
