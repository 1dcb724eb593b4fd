--- C compilers for what mah writes as C source: headers of a folder, all in one program that reads
--- rows and writes what their functions say of them.
---
---     tools.run("gcc", folder, { { name = "model", dtype = "float32", labels = 1 } })
local ffi = require "ffi"
local mah = require "mah"

local tools = {}

local WARNINGS = "-Wall -Wextra -Werror -pedantic -Wconversion -Wshadow "

--- Standards and flags, by compiler.
tools.flags = {
  gcc = "-std=c99 -O1 " .. WARNINGS, clang = "-std=c99 -O0 " .. WARNINGS,
  ["g++"] = "-x c++ -std=c++11 -fsyntax-only -Wall -Wextra -Werror -pedantic ",
  ["arm-none-eabi-gcc"] = "-std=c99 -O1 " .. WARNINGS,
  ["gcc, UBSan"] = "-std=c99 -O0 -fsanitize=undefined -fno-sanitize-recover=all " .. WARNINGS,
}

local function program_of(compiler) return compiler:match "^[^,]+" end

--- Is it there? false, and why not.
function tools.has(compiler)
  local program = program_of(compiler)
  return os.execute(program .. " --version >/dev/null 2>&1") == 0, "there is no " .. program
end

--- Runs a command; its output is the error's message where it fails.
local function must(command)
  local pipe = io.popen("{ " .. command .. "; } 2>&1; echo $?")
  local said = pipe:read "*a"
  pipe:close()
  local text, status = said:match "^(.-)(%d+)\n$"
  assert(status == "0", command .. ": " .. text)
  return text
end

--- Compiles a text of C beside the headers of the folder and, with linking, into FOLDER/run.
---@return string said
function tools.compile(compiler, folder, text, only_compile)
  mah.file.write(folder .. "/run.c", text)
  return must(("%s %s -I%s %s -o %s/run %s/run.c %s"):format(program_of(compiler),
    tools.flags[compiler], folder, only_compile and "-c" or "", folder, folder,
    only_compile and "" or "-lm"))
end

--- Compiles and runs it.
---@return string output
function tools.output(compiler, folder, text)
  tools.compile(compiler, folder, text)
  return must(folder .. "/run " .. folder)
end

local START = [[
#include <stdio.h>
#include <stdlib.h>
static FILE *open_file(const char *folder, const char *name, const char *mode) {
  char path[1000];
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = fopen(path, mode);
  if (!file) exit(3);
  return file;
}
]]

-- What a case does with its rows.
local CASE = [[
static void run_NAME(const char *folder) {
  REAL x[NAME_inputs], p[NAME_outputs];
  int k[COUNT];
  FILE *in = open_file(folder, "NAME.x", "rb"), *out = open_file(folder, "NAME.p", "wb");
  FILE *labels = open_file(folder, "NAME.k", "wb");
  while (fread(x, sizeof(REAL), NAME_inputs, in) == NAME_inputs) {
    NAME_predict(x, p);
    CLASSIFY
    fwrite(p, sizeof(REAL), NAME_outputs, out);
    fwrite(k, sizeof(int), COUNT, labels);
  }
  fclose(in);
  fclose(out);
  fclose(labels);
}
]]

--- A program that runs all cases: {name =, real = "float", labels = nil, "one" or a count}.
function tools.driver(cases)
  local parts, calls = {}, {}
  for i, one in ipairs(cases) do
    local classify = { ["nil"] = "k[0] = 0;", one = "k[0] = NAME_classify(x);" }
    parts[#parts + 1] = ('#include "%s.h"\n'):format(one.name)
    parts[#parts + 1] = (CASE:gsub("CLASSIFY", classify[tostring(one.labels)]
      or "if (NAME_classify(x, k) > NAME_outputs) exit(4);"):gsub("NAME", one.name)
      :gsub("REAL", one.real):gsub("COUNT", tostring(tonumber(one.labels) or 1)))
    calls[i] = ("  run_%s(argv[1]);"):format(one.name)
  end
  return START .. table.concat(parts) .. "int main(int argc, char **argv) {\n"
    .. "  if (argc != 2) return 2;\n" .. table.concat(calls, "\n") .. "\n  return 0;\n}\n"
end

--- Rows, a list of lists, as a file of numbers.
function tools.write_rows(path, rows, real)
  local width = #rows[1]
  local all = ffi.new(real .. "[?]", #rows * width)
  for i, row in ipairs(rows) do
    for j, value in ipairs(row) do all[(i - 1) * width + j - 1] = value end
  end
  mah.file.write(path, ffi.string(all, ffi.sizeof(all)))
end

--- The numbers of such a file.
function tools.read_numbers(path, kind)
  local text, out = mah.file.read(path), {}
  local all = ffi.cast("const " .. kind .. " *", text)
  for i = 1, #text / ffi.sizeof(kind) do out[i] = tonumber(all[i - 1]) end
  return out
end

--- {text = value} of the enum of a column in a header.
function tools.categories(header, column)
  local found = { missing = -1 }
  local body = header:match("enum " .. column .. " {\n(.-)\n};")
  for value, text in (body or ""):gmatch "= (%d+),? /%* ([^\n]-) %*/" do
    found[text] = tonumber(value)
  end
  return found
end

return tools
