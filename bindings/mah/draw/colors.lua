--- Colours: a palette that colour-blind readers can tell apart, light and dark themes, colour maps.
---
---     colors.resolve("c1", "light")     --> "#0072b2"
---     colors.map("viridis", 0.5)        --> "#21918c"
---
--- Drawings name their colours by role - ink, muted, axis, grid, background, c1 ... c8 - and a
--- theme says what a role looks like. In the theme "page" an SVG takes them from the CSS variables
--- --mah-ink, --mah-c1 ... of the page around it (colors.css() defines them, light and dark).
local check = require "mah.base.check"

local colors = {}

--- c1 ... c7 in light: Okabe and Ito, "Color Universal Design" (2008), without its yellow; the dark
--- ones are the same hues, lighter.
colors.themes = {
  light = {
    background = "#ffffff", ink = "#1f2933", muted = "#5b6670", axis = "#9aa5b1", grid = "#e6e9ed",
    accent = "#0072b2", on_accent = "#ffffff",
    c1 = "#0072b2", c2 = "#d55e00", c3 = "#009e73", c4 = "#b0569c", c5 = "#d99000", c6 = "#46a6dd",
    c7 = "#5f6b76", c8 = "#8c4a2f",
  },
  dark = {
    background = "#14181d", ink = "#e4e7eb", muted = "#a3adb8", axis = "#66717d", grid = "#2a323b",
    accent = "#2a8fd0", on_accent = "#ffffff",
    c1 = "#4da8e8", c2 = "#f08a4b", c3 = "#2ec4a0", c4 = "#dd93cb", c5 = "#f2b84b", c6 = "#8fd0f5",
    c7 = "#a9b4be", c8 = "#d09a7f",
  },
}
colors.count = 8

--- The palette's colour for the n-th series; it starts again after `colors.count`.
---@param n integer
---@return string
function colors.series(n) return "c" .. (n - 1) % colors.count + 1 end

-- -- What may stand for a colour ------------------------------------------------------------------

local function is_hex(value) return value:match "^#%x%x%x%x%x%x$" ~= nil end

--- Checks a colour that the user gave: "#rrggbb" or a role; numbers count the palette.
---@return string
function colors.check(value, name)
  if type(value) == "number" and value >= 1 and value % 1 == 0 then return colors.series(value) end
  if type(value) ~= "string" or not (is_hex(value) or colors.themes.light[value]) then
    check.raise("%s: a colour is \"#rrggbb\", a name (ink, muted, accent, c1 ... c8) or the number "
      .. "of a series; got %s", name, check.show(value))
  end
  return value
end

--- A colour of a theme as "#rrggbb", or for "page" as a CSS variable that falls back to light.
---@param color string
---@param theme string   light, dark or page
---@return string
function colors.resolve(color, theme)
  if color:sub(1, 1) == "#" then return color end
  if theme == "page" then
    return ("var(--mah-%s,%s)"):format(color:gsub("_", "-"), colors.themes.light[color])
  end
  return colors.themes[theme][color]
end

--- Red, green and blue, 0 ... 1.
function colors.rgb(color, theme)
  local hex = colors.resolve(color, theme)
  local function part(from) return tonumber(hex:sub(from, from + 1), 16) / 255 end
  return part(2), part(4), part(6)
end

--- CSS that defines the variables of the theme "page" of SVG figures: light colours, and dark ones
--- for readers who prefer them.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     local page = "<style>" .. mah.plot.css() .. "</style>" .. figure:svg { theme = "page" }
---     print(page:match "%-%-mah%-c1:#%x+")   --> --mah-c1:#0072b2
---@return string
function colors.css()
  local function rules(theme)
    local names, lines = {}, {}
    for name in pairs(colors.themes[theme]) do names[#names + 1] = name end
    table.sort(names)
    for i, name in ipairs(names) do
      lines[i] = ("--mah-%s:%s;"):format(name:gsub("_", "-"), colors.themes[theme][name])
    end
    return ":root{" .. table.concat(lines) .. "}"
  end
  return rules "light" .. "\n@media (prefers-color-scheme: dark){" .. rules "dark" .. "}\n"
end

-- -- Maps -----------------------------------------------------------------------------------------

--- Even steps through each map, joined by straight lines in sRGB. viridis: Smith and van der Walt
--- (2015), sampled; diverging: RdBu, and blues, of ColorBrewer (Brewer, 2003).
local maps = {
  viridis = { "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962",
    "#addc30", "#fde725" },
  blues = { "#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c",
    "#08306b" },
  diverging = { "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582",
    "#d6604d", "#b2182b" },
  grey = { "#ffffff", "#000000" },
}
colors.maps = { "blues", "viridis", "diverging", "grey" }

--- Red, green and blue (0 ... 1) at t in 0 ... 1; outside it is the nearer end.
function colors.map_rgb(name, t)
  local map = maps[name]
  local place = math.max(0, math.min(1, t)) * (#map - 1)
  local i = math.min(math.floor(place), #map - 2)
  local r1, g1, b1 = colors.rgb(map[i + 1], "light")
  local r2, g2, b2 = colors.rgb(map[i + 2], "light")
  local f = place - i
  return r1 + f * (r2 - r1), g1 + f * (g2 - g1), b1 + f * (b2 - b1)
end

--- The same as "#rrggbb".
---@return string
function colors.map(name, t)
  local r, g, b = colors.map_rgb(name, t)
  return ("#%02x%02x%02x"):format(r * 255 + 0.5, g * 255 + 0.5, b * 255 + 0.5)
end

--- Is dark text easier to read than white on this colour? (Relative luminance, WCAG 2.)
function colors.is_light(r, g, b)
  local function linear(c) return c <= 0.04045 and c / 12.92 or ((c + 0.055) / 1.055) ^ 2.4 end
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) > 0.2
end

return colors
