--- Pictures in the terminal: digits and sheets of them, curves, confusion matrices, figures. In
--- half blocks with true colour or 256 colours, in plain characters without colours; charts as
--- mah.draw.terminal.chart draws them; with kitty's graphics protocol as the real PNG.
local Figure = require "mah.draw.figure"
local Type = require "mah.tensor.type"
local blocks = require "mah.draw.terminal.blocks"
local check = require "mah.base.check"
local objects = require "mah.learn.objects"
local options = require "mah.base.options"
local terminal = require "mah.base.terminal"

local WHERE = "mah.show"

local rules = options.declare(WHERE, {
  kind = { nil, { "picture", "sheet", "curve", "confusion" }, nil, "what x is; nil: a guess, as "
    .. "the text says" },
  width = { nil, "integer", "[10, 1000]", "characters; nil: the terminal's" },
  height = { nil, "integer", "[4, 1000]", "lines; nil: the terminal's, 24 at most" },
  rows = { nil, "integer", "[1, 100]", "rows of a sheet; nil: 2 at most" },
  columns = { nil, "integer", "[1, 100]", "pictures in a row of a sheet; nil: as many as fit" },
  labels = { nil, "table|tensor", nil, "captions of a sheet, or names of a confusion matrix" },
  log = { false, "boolean", nil, "a logarithmic axis for curves" },
  colors = { nil, { "none", "256", "true" }, nil, "none: characters alone; 256 colours or true "
    .. "colour; nil: what the terminal has" },
  graphics = { nil, "boolean", nil, "true: a PNG by kitty's protocol; nil: where the terminal has "
    .. "it" },
})

local CAPTION = 1 -- lines
local TILE = 14 -- characters that a tile of a sheet takes, when there are several

-- -- Pictures -------------------------------------------------------------------------------------

--- The size in pixels to show a picture at: as it is, or smaller, within width x 2 height.
local function fit(width, height, o)
  local scale = math.min(1, o.width / width, 2 * o.height / height)
  return math.max(1, math.floor(width * scale + 0.5)), math.max(1, math.floor(height * scale + 0.5))
end

local function picture_lines(pixels, o)
  local width, height = fit(tonumber(pixels.extent[1]), tonumber(pixels.extent[0]), o)
  local canvas = blocks.canvas(width, height)
  canvas:paste(pixels, 0, 0, width, height)
  return blocks.lines(canvas, o.depth)
end

local function center(text, width)
  local left = math.floor((width - terminal.width(text)) / 2)
  local right = width - left - terminal.width(text)
  return (" "):rep(math.max(0, left)) .. text .. (" "):rep(math.max(0, right))
end

local function caption(labels, i)
  local label = labels and labels[i]
  if label == nil then return "" end
  return type(label) == "number" and ("%g"):format(label) or tostring(label)
end

--- One row of tiles, then their captions.
local function tile_row(stack, first, count, size, o)
  local canvas = blocks.canvas(count * (size.width + 1) - 1, size.height)
  for k = 0, count - 1 do
    canvas:paste(stack[first + k], k * (size.width + 1), 0, size.width, size.height)
  end
  local lines = blocks.lines(canvas, o.depth)
  if not o.labels then return lines end
  local captions = {}
  for k = 0, count - 1 do
    captions[#captions + 1] = center(caption(o.labels, first + k), size.width)
  end
  lines[#lines + 1] = table.concat(captions, " "):gsub(" +$", "")
  return lines
end

--- How many tiles, in what size: {rows, columns, width, height}.
local function plan(n, width, height, o)
  local fitting = math.floor((o.width + 1) / (math.min(width, TILE) + 1))
  local columns = o.columns or math.min(n, math.max(1, fitting))
  local across = math.min(width, math.max(1, math.floor((o.width + 1) / columns) - 1))
  if n == 1 then across = math.min(width, o.width, math.floor(2 * o.height * width / height)) end
  local down = math.max(1, math.floor(height * across / width + 0.5))
  local lines = math.ceil(down / 2) + (o.labels and CAPTION or 0)
  local fits, wanted = math.max(1, math.floor(o.height / lines)), math.ceil(n / columns)
  local rows = o.rows or wanted <= fits and wanted or math.min(2, fits)
  return { rows = math.min(rows, wanted), columns = columns, width = across, height = down }
end

local function sheet_lines(x, o)
  local pictures = require "mah.draw.pictures"
  local probe = pictures.stack(x, { count = 1 }, WHERE)
  local size = plan(probe.n, probe.width, probe.height, o)
  local stack = pictures.stack(x, { count = size.rows * size.columns }, WHERE)
  local lines = {}
  for row = 0, size.rows - 1 do
    local first = row * size.columns + 1
    local count = math.min(size.columns, #stack - first + 1)
    if count > 0 then
      for _, line in ipairs(tile_row(stack, first, count, size, o)) do lines[#lines + 1] = line end
    end
  end
  if #stack < probe.n then lines[#lines + 1] = ("%d of %d"):format(#stack, probe.n) end
  return lines
end

-- -- What to show, for each kind: text lines, and the figure behind it ----------------------------

local kinds = {}

function kinds.picture(x, o)
  local pictures = require "mah.draw.pictures"
  local stack
  if x.ndim == 3 and (x.shape[3] == 3 or x.shape[3] == 4) then
    stack = { pictures.pixels(x, WHERE) }
  else
    local one = x.ndim == 1 and x or x:reshape(1, x.shape[1], x.shape[2])
    stack = pictures.stack(one, { count = 1 }, WHERE)
  end
  return {
    lines = function() return picture_lines(stack[1], o) end,
    figure = function() return require("mah.draw.image").grid { stack[1] } end,
  }
end

function kinds.sheet(x, o)
  return {
    lines = function() return sheet_lines(x, o) end,
    figure = function()
      return require("mah.draw.image").digits(x, { rows = o.rows or 3, columns = o.columns,
        labels = o.labels, ink = "light" })
    end,
  }
end

function kinds.confusion(matrix, o)
  return {
    lines = function()
      return require("mah.draw.terminal.grid").lines(matrix, { depth = o.depth, labels = o.labels })
    end,
    figure = function()
      return require("mah.draw.plot").confusion(matrix, { labels = o.labels })
    end,
  }
end

--- A chart in the terminal's own glyphs; other figures as pixels.
function kinds.figure(figure, o)
  return {
    lines = function()
      local drawn = require("mah.draw.terminal.chart").lines(figure, { width = o.width,
        height = o.height, unicode = terminal.unicode(), depth = o.depth })
      return drawn or picture_lines(figure:pixels { scale = 1, theme = "dark" }, o)
    end,
    figure = function() return figure end,
  }
end

function kinds.curve(series, o)
  return kinds.figure(require("mah.draw.plot").lines { series = series, log_y = o.log }, o)
end

-- -- Which kind -----------------------------------------------------------------------------------

local function is_square(n, least)
  local side = math.floor(math.sqrt(n) + 0.5)
  return n >= least and side * side == n
end

local function is_numbers(t)
  return type(t) == "table" and type(rawget(t, 1)) == "number"
end

local function kind_of_tensor(x)
  local n = x.ndim > 0 and x.shape[x.ndim] or 0
  if x.ndim == 1 then return (n == 64 or is_square(n, 196)) and "picture" or "curve" end
  if x.ndim == 2 then
    if x.dtype == "int32" and x.shape[1] == n and n <= 50 and x:min() >= 0 then
      return "confusion"
    end
    return is_square(n, 64) and x.shape[1] ~= n and "sheet" or "picture"
  end
  return x.ndim == 3 and (n == 3 or n == 4) and "picture" or "sheet"
end

local function history_series(history)
  local series = {}
  for _, name in ipairs { "loss", "val_loss" } do -- (scores are on another scale)
    local y = history[name]
    if y and #y > 0 then series[#series + 1] = { label = name, y = y } end
  end
  check.that(#series > 0, "%s: there is no curve yet", WHERE)
  return series
end

--- {name = list or vector} and lists of lists as series; nil when there are none.
local function named_series(t)
  local series, names = {}, {}
  for name, y in pairs(t) do
    if not (is_numbers(y) or Type.is_tensor(y) and y.ndim == 1) then return nil end
    names[#names + 1] = name
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i, name in ipairs(names) do
    local y = t[name]
    series[i] = { label = tostring(name), y = Type.is_tensor(y) and y:totable() or y }
  end
  return #series > 0 and series or nil
end

local function is_matrix(t)
  if not is_numbers(rawget(t, 1)) then return false end
  for _, row in ipairs(t) do
    if not is_numbers(row) or #row ~= #t then return false end
  end
  return true
end

--- A data set's pictures; their labels become captions.
local function from_set(set, o)
  o.labels = o.labels or set.y
  return "sheet", set.x
end

--- The weights of a network's first layer, (in, out); of a function's the first matrix.
local function first_weight(net)
  if rawget(net, "layers") then return net.layers[1].weight end
  for _, one in ipairs(net.names) do
    if #one.sizes == 2 then return one.weight end
  end
  return net.params:unsqueeze(2)
end

local function from_table(t, o)
  local set = rawget(t, "train") or t
  if getmetatable(t) == Figure then return "figure", t end
  if objects.is_run(t) then return "curve", history_series(t.history) end
  if objects.is_network(t) then return "sheet", first_weight(t):t() end
  if objects.is_estimator(t) then
    check.that(t.history_, "%s: the estimator is not fitted yet", WHERE)
    return "curve", history_series(t.history_)
  end
  if type(set) == "table" and Type.is_tensor(rawget(set, "x")) then return from_set(set, o) end
  if is_numbers(t) then return "curve", { { y = t } } end
  if is_matrix(t) then return "confusion", t end
  local series = named_series(t)
  return series and "curve" or nil, series
end

--- As the option `kind` asks.
local function as_kind(kind, x)
  if kind == "curve" then
    local y = Type.is_tensor(x) and x:reshape(-1):totable() or x
    return kind, is_numbers(y) and { { y = y } } or named_series(y)
  end
  if kind == "confusion" then
    local rows = Type.is_tensor(x) and x:totable() or x
    check.that(type(rows) == "table" and is_matrix(rows),
      "%s: a confusion matrix is expected, got %s", WHERE, check.show(x))
    return kind, rows
  end
  return kind, x
end

local function choose(x, o)
  if o.kind then return as_kind(o.kind, x) end
  if Type.is_tensor(x) then return as_kind(kind_of_tensor(Type.expect(x, WHERE)), x) end
  local kind, value
  if type(x) == "table" then kind, value = from_table(x, o) end
  return kind, value
end

-- -- Showing --------------------------------------------------------------------------------------

local function read_options(given)
  local o = options(given, rules, WHERE)
  o.depth = o.colors or terminal.depth()
  o.width = o.width or terminal.columns() - 1
  o.height = o.height or math.max(10, math.min(terminal.rows() - 3, 24))
  if o.graphics == nil then o.graphics = terminal.graphics() ~= nil end
  return o
end

--- Draws something in the terminal, on standard output. A vector of 64 or of 196 and more square
--- pixels is a picture, other vectors and lists of numbers are curves; a matrix is a sheet of rows
--- of pixels, an int32 one a confusion matrix, else a picture; a data set is a sheet with labels;
--- runs and estimators show their curves, networks the weights of their first layer. Figures of
--- mah.plot are drawn anew in the terminal's own glyphs and colours, with axes, legend and title:
--- lines and points of dots, bars of blocks, values as coloured cells; with TERM=dumb of plain
--- characters. Other figures are shown as pixels.
---
---     local x = mah.zeros(8, 8)
---     x:diag():fill_(1)
---     mah.show(x, { kind = "picture", colors = "none", width = 20, graphics = false })
---     --> ==
---     -->   ==
---     -->     ==
---     -->       ==
---@param x tensor|table
---@param given table|nil
return function(x, given)
  local o = read_options(given)
  local kind, value = choose(x, o)
  check.that(kind and value, "%s: no picture is known for %s", WHERE, check.show(x))
  check.that(kind == "figure" or kind == "curve" or kind == "confusion" or Type.is_tensor(value),
    "%s: a tensor is expected for a %s, got %s", WHERE, kind, check.show(value))
  local picture = kinds[kind](value, o)
  if o.graphics then
    io.stdout:write(require("mah.draw.terminal.kitty").text(picture.figure():png()))
  else
    io.stdout:write(table.concat(picture.lines(), "\n"), "\n")
  end
end
