--- The files of a report: made in memory, then written, the page after its pictures and the
--- manifest last.
local C = require "mah.base.library"
local Results = require "mah.sweep.table"
local check = require "mah.base.check"
local data = require "mah.draw.data"
local ffi = require "ffi"
local file = require "mah.base.file"
local html = require "mah.report.html"
local json = require "mah.base.json"
local machine = require "mah.base.machine"
local markdown = require "mah.report.markdown"
local progress = require "mah.base.progress"
local words = require "mah.report.words"

local output = {}

local CONTENTS = 3 -- sections that make a list of contents worth its place

--- The numbers that figures show, as CSV; nil of pictures. Of several figures a first column tells
--- which.
---@param figures table[]
---@return string|nil
function output.numbers(figures)
  local found = #figures == 1 and data.of(figures[1]) or #figures > 1 and data.of_parts(figures)
  return found and Results.new(found.columns, found):csv() or nil
end

--- {name, bytes} of every figure and table.
local function pictures_and_data(report)
  local files = {}
  local function add(name, bytes) files[#files + 1] = { name = name, bytes = bytes } end
  for _, one in ipairs(report.page.figures) do
    add(one.name .. ".png", one.figure:png())
    local numbers = output.numbers { one.figure }
    if numbers then add(one.name .. ".csv", numbers) end
  end
  for _, one in ipairs(report.tables) do add(one.name, one.rows:csv()) end
  return files
end

local function manifest_of(report, files)
  local names = {}
  for i, one in ipairs(files) do names[i] = one.name end
  return {
    program = "mah " .. ffi.string(C.mah_version()), title = report.title, files = names,
    language = report.page.language.name, machine = machine(), date = os.date "!%Y-%m-%dT%H:%M:%SZ",
  }
end

--- The names that an earlier manifest of the folder has; none where there is none that can be read.
local function earlier(folder)
  local path = folder .. "/manifest.json"
  local ok, known = pcall(function() return json.decode(file.read(path)) end)
  local names = {}
  for _, name in ipairs(ok and type(known) == "table" and known.files or {}) do
    local is_ours = type(name) == "string"
      and (name:find "^figure_%d+%.%a+$" or name:find "^table_%d+%.csv$")
    if is_ours then names[#names + 1] = name end
  end
  return names
end

local function write_all(folder, files)
  local kept = {}
  local before = earlier(folder)
  for _, one in ipairs(files) do
    file.write(folder .. "/" .. one.name, one.bytes)
    kept[one.name] = true
  end
  for _, name in ipairs(before) do
    if not kept[name] then os.remove(folder .. "/" .. name) end
  end
end

---@param report table
function output.save(report)
  local page = report.page
  page:fill(report.top, function(top)
    if #page.sections >= CONTENTS then top:contents() end
  end)
  local footer = page.language:say(words.footer, { version = ffi.string(C.mah_version()),
    date = page.language:date(), cpu = machine().cpu, cores = machine().cores,
    time = page.language:duration(progress.now() - report.start) })
  local files = pictures_and_data(report)
  files[#files + 1] = { name = "report.md", bytes = markdown.write(page, report.title, footer) }
  files[#files + 1] = { name = "index.html", bytes = html.write(page, report.title, footer) }
  files[#files + 1] = { name = "manifest.json",
    bytes = json.encode(manifest_of(report, files)) .. "\n" }
  check.that(not file.exists(report.out), "report:save: '%s' is a file, no folder", report.out)
  file.make_directory(report.out)
  write_all(report.out, files)
end

return output
