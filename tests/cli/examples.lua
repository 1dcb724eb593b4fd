--- Runs the numbered examples and compares what they print with what their head comments show.
---
---     mah tests/cli/examples.lua PROGRAM FOLDER
---     mah tests/cli/examples.lua PROGRAM FILE...
---
--- The head comment (the comment lines at the top of the file) ends with the output:
---
---     -- Output:
---     --   epoch 1  loss ~2.30  0.4 s
---     --   ...
---
--- Spaces and tabs count as one space, and not at all at the ends of a line. In a line `...` stands
--- for any text and `~2.30` for a number within a tenth of it; a line of `...` alone stands for any
--- lines. What goes to standard error is not compared.
---
--- An example with the head line `-- Needs MNIST.` is skipped where MAH_MNIST is not set; the
--- others do not get to see MNIST, so that their output is the same everywhere.
local program = arg[1]

-- -- What is expected -----------------------------------------------------------------------------

--- Spaces and tabs are alike, and nothing at the ends.
local function squeeze(line) return (line:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")) end

--- The lines of the output block, and whether MNIST is needed.
local function read_head(file)
  local lines, needs_mnist
  for line in io.lines(file) do
    if line:sub(1, 2) ~= "--" then break end
    if line:match "^%-%-+ Needs MNIST%." then needs_mnist = true end
    if line:match "^%-%-+ Output:%s*$" then
      lines = {}
    elseif lines then
      lines[#lines + 1] = squeeze((line:gsub("^%-%-+", "")))
    end
  end
  return lines, needs_mnist
end

local function escape(text) return (text:gsub("%p", "%%%0")) end

--- A Lua pattern for a line of the block, and the numbers that its captures must be near to.
local function pattern_of(line)
  local parts, numbers, at = {}, {}, 1
  while at <= #line do
    local number = line:match("^~([+-]?%d[%d.]*[eE]?[+-]?%d*)", at)
    if number and not tonumber(number) then number = number:match "^[+-]?%d+%.?%d*" end
    if number then
      parts[#parts + 1], numbers[#numbers + 1] = "([+-]?%d[%d.eE+-]*)", tonumber(number)
      at = at + 1 + #number
    elseif line:sub(at, at + 2) == "..." then
      parts[#parts + 1], at = ".-", at + 3
    else
      parts[#parts + 1], at = escape(line:sub(at, at)), at + 1
    end
  end
  return "^" .. table.concat(parts) .. "$", numbers
end

local function line_matches(expected, line)
  local pattern, numbers = pattern_of(expected)
  local found = { line:match(pattern) }
  if #found == 0 then return false end
  for i, number in ipairs(numbers) do
    local value = tonumber(found[i])
    if not value or math.abs(value - number) > 0.1 * math.abs(number) then return false end
  end
  return true
end

--- Do the lines from j on match what is expected from i on? If not, also the furthest line reached.
local function lines_match(expected, lines, i, j)
  i, j = i or 1, j or 1
  if i > #expected then return j > #lines, j end
  if expected[i] == "..." then
    local furthest = j
    for k = j, #lines + 1 do
      local fits, reached = lines_match(expected, lines, i + 1, k)
      if fits then return true end
      furthest = math.max(furthest, reached)
    end
    return false, furthest
  end
  if not lines[j] or not line_matches(expected[i], lines[j]) then return false, j end
  return lines_match(expected, lines, i + 1, j + 1)
end

-- -- Running --------------------------------------------------------------------------------------

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function absolute(path)
  if path:sub(1, 1) == "/" then return path end
  return output_of("pwd -P"):gsub("\n$", "") .. "/" .. path
end

--- Runs it in an empty folder of its own.
---@return string[] lines, string complaints, integer status
local function run(file, needs_mnist)
  local hidden = needs_mnist and ""
    or "unset MAH_MNIST; HOME=$PWD; XDG_DATA_HOME=$PWD; export HOME XDG_DATA_HOME;"
  local text = output_of(('d=$(mktemp -d) && cd "$d" && { %s timeout 120 %s %s </dev/null '
    .. '2>.errors; echo "status $?"; cat .errors; rm -rf "$d"; }'):format(hidden,
    quote(absolute(program)), quote(absolute(file))))
  local output, status, complaints = text:match "^(.*)status (%d+)\n(.*)$"
  if not output then return {}, text, 1 end
  local lines = {}
  for line in output:gmatch "([^\n]*)\n?" do lines[#lines + 1] = squeeze(line) end
  while lines[#lines] == "" do lines[#lines] = nil end
  return lines, complaints, tonumber(status)
end

--- What is wrong with the example; nil when nothing is. "skip" when it cannot run here.
local function judge(file)
  local expected, needs_mnist = read_head(file)
  if not expected then return "its head comment has no block `-- Output:`" end
  if needs_mnist and not os.getenv "MAH_MNIST" then return "skip" end
  local lines, complaints, status = run(file, needs_mnist)
  if status ~= 0 then return ("exit status %d\n%s"):format(status, complaints) end
  local fits, where = lines_match(expected, lines)
  if fits then return nil end
  return ("line %d of the output differs. It prints:\n%s\n%s"):format(where,
    table.concat(lines, "\n"), complaints)
end

-- -- All of them ----------------------------------------------------------------------------------

if not arg[2] then
  io.stderr:write "usage: mah tests/cli/examples.lua PROGRAM FOLDER|FILE...\n"
  os.exit(2)
end
local places = {}
for i = 2, #arg do
  places[#places + 1] = quote(arg[i]) .. (arg[i]:find "%.lua$" and "" or "/[0-9]*.lua")
end
local passed, failed, skipped = 0, 0, 0
for file in output_of("ls " .. table.concat(places, " ")):gmatch "[^\n]+" do
  local complaint = judge(file)
  if complaint == "skip" then
    skipped = skipped + 1
    print("SKIPPED - " .. file .. ": MAH_MNIST is not set")
  elseif complaint then
    failed = failed + 1
    print("not ok - " .. file .. ": " .. complaint)
  else
    passed = passed + 1
    print("ok - " .. file)
  end
end
print(("%d passed, %d failed%s"):format(passed, failed,
  skipped > 0 and (", %d skipped"):format(skipped) or ""))
os.exit(failed == 0 and 0 or 1)
