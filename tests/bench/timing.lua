--- What the benchmarks share: commands, medians, how numbers and tables are written.
local mah = require "mah"

local timing = {}

-- -- Commands -------------------------------------------------------------------------------------

timing.python = mah.file.exists "/usr/bin/python3" and "/usr/bin/python3" or "python3"

--- What a command prints, without the last newlines.
function timing.output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

--- A Python module's version, or nil where it is not there.
function timing.version_of(module)
  local version = timing.output_of(("%s -c 'import %s; print(%s.__version__)' 2>/dev/null"):format(
    timing.python, module, module))
  return version ~= "" and version or nil
end

--- "AMD EPYC, avx2; Debian GNU/Linux 12 (bookworm)"
function timing.machine()
  local m = mah.machine()
  return ("%s, %s; %s"):format(m.cpu, m.simd, m.system)
end

-- -- Numbers --------------------------------------------------------------------------------------

--- The q-quantile of the numbers in a list, between neighbours in proportion; NaN of none.
function timing.quantile(list, q)
  local known = {}
  for _, v in ipairs(list) do
    if v == v then known[#known + 1] = v end
  end
  if #known == 0 then return 0 / 0 end
  table.sort(known)
  local place = 1 + (#known - 1) * q
  local low = math.floor(place)
  return known[low] + (place - low) * ((known[low + 1] or known[low]) - known[low])
end

function timing.median(list) return timing.quantile(list, 0.5) end

--- The median seconds of calls, as many as fill `lasts` seconds, three at least; the first, which
--- fills the caches, is not among them.
function timing.seconds_of(call, lasts)
  local now, seconds = mah.progress.now, {}
  call()
  local start = now()
  repeat
    local before = now()
    call()
    seconds[#seconds + 1] = now() - before
  until #seconds >= 3 and now() - start > lasts
  return timing.median(seconds)
end

-- -- Writing --------------------------------------------------------------------------------------

--- Three digits of what is below a thousand.
local function three_digits(x)
  return (x >= 100 and "%.0f" or x >= 10 and "%.1f" or "%.2f"):format(x)
end

--- Seconds as "9.60 us", "161 ms", "1.25 s"; NaN as "".
function timing.show_seconds(x)
  if x ~= x then return "" end
  if x < 1e-3 then return three_digits(x * 1e6) .. " us" end
  return x < 1 and three_digits(x * 1e3) .. " ms" or three_digits(x) .. " s"
end

--- Microseconds, without the unit; NaN as "".
function timing.show_microseconds(x)
  return x ~= x and "" or (x >= 100 and "%.0f" or "%.2f"):format(x)
end

--- How many times as long: "12" or "1.25"; NaN as "".
function timing.show_ratio(x) return x ~= x and "" or (x >= 10 and "%.0f" or "%.2f"):format(x) end

--- A line of a Markdown table.
function timing.table_line(cells) return "| " .. table.concat(cells, " | ") .. " |" end

--- The first two lines of one: the first column to the left, the others to the right.
function timing.table_head(cells)
  return timing.table_line(cells) .. "\n| ---" .. (" | ---:"):rep(#cells - 1) .. " |"
end

--- Writes the table's lines into a file, whose folder is made where it is missing, and says where.
function timing.write_table(path, lines)
  local folder = path:match "^(.+)/"
  if folder then mah.file.make_directory(folder) end
  mah.file.write(path, table.concat(lines, "\n") .. "\n")
  print("The table is in " .. path)
end

return timing
