--- Cairo and Pango through the FFI, on the run-time libraries, loaded when they are first needed.
---
---     local lib = require("mah.draw.cairo").load()
---     lib.cairo.mah_cairo_image_surface_create(0, 640, 400)
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;
typedef struct _cairo_pattern cairo_pattern_t;
typedef struct _cairo_font_options cairo_font_options_t;
typedef struct { double xx, yx, xy, yy, x0, y0; } cairo_matrix_t;

cairo_surface_t *cairo_image_surface_create(int format, int width, int height);
unsigned char *cairo_image_surface_get_data(cairo_surface_t *);
int cairo_image_surface_get_stride(cairo_surface_t *);
void cairo_surface_flush(cairo_surface_t *);
void cairo_surface_mark_dirty(cairo_surface_t *);
int cairo_surface_status(cairo_surface_t *);
void cairo_surface_destroy(cairo_surface_t *);
const char *cairo_status_to_string(int);

cairo_t *cairo_create(cairo_surface_t *);
void cairo_destroy(cairo_t *);
int cairo_status(cairo_t *);
void cairo_save(cairo_t *);
void cairo_restore(cairo_t *);
void cairo_translate(cairo_t *, double, double);
void cairo_scale(cairo_t *, double, double);
void cairo_rotate(cairo_t *, double);
void cairo_set_source_rgba(cairo_t *, double, double, double, double);
void cairo_set_source(cairo_t *, cairo_pattern_t *);
void cairo_set_line_width(cairo_t *, double);
void cairo_set_line_join(cairo_t *, int);
void cairo_set_line_cap(cairo_t *, int);
void cairo_set_dash(cairo_t *, const double *, int, double);
void cairo_new_path(cairo_t *);
void cairo_new_sub_path(cairo_t *);
void cairo_move_to(cairo_t *, double, double);
void cairo_line_to(cairo_t *, double, double);
void cairo_arc(cairo_t *, double, double, double, double, double);
void cairo_rectangle(cairo_t *, double, double, double, double);
void cairo_close_path(cairo_t *);
void cairo_set_fill_rule(cairo_t *, int);
void cairo_fill(cairo_t *);
void cairo_fill_preserve(cairo_t *);
void cairo_stroke(cairo_t *);
void cairo_paint(cairo_t *);
void cairo_clip(cairo_t *);
void cairo_set_operator(cairo_t *, int);

cairo_pattern_t *cairo_pattern_create_for_surface(cairo_surface_t *);
void cairo_pattern_set_filter(cairo_pattern_t *, int);
void cairo_pattern_set_matrix(cairo_pattern_t *, const cairo_matrix_t *);
void cairo_pattern_destroy(cairo_pattern_t *);

cairo_font_options_t *cairo_font_options_create(void);
void cairo_font_options_set_antialias(cairo_font_options_t *, int);
void cairo_font_options_set_hint_style(cairo_font_options_t *, int);
void cairo_font_options_set_hint_metrics(cairo_font_options_t *, int);
void cairo_font_options_destroy(cairo_font_options_t *);

typedef struct _PangoLayout PangoLayout;
typedef struct _PangoLayoutLine PangoLayoutLine;
typedef struct _PangoContext PangoContext;
typedef struct _PangoFontMap PangoFontMap;
typedef struct _PangoFontDescription PangoFontDescription;
PangoFontDescription *pango_font_description_from_string(const char *);
void pango_font_description_set_absolute_size(PangoFontDescription *, double);
void pango_font_description_free(PangoFontDescription *);
PangoLayout *pango_layout_new(PangoContext *);
void pango_layout_set_text(PangoLayout *, const char *, int);
void pango_layout_set_font_description(PangoLayout *, const PangoFontDescription *);
void pango_layout_set_auto_dir(PangoLayout *, int);
void pango_layout_set_single_paragraph_mode(PangoLayout *, int);
void pango_layout_context_changed(PangoLayout *);
void pango_layout_get_size(PangoLayout *, int *, int *);
PangoLayoutLine *pango_layout_get_line_readonly(PangoLayout *, int);
PangoContext *pango_layout_get_context(PangoLayout *);
void pango_context_set_base_dir(PangoContext *, int);
PangoContext *pango_font_map_create_context(PangoFontMap *);
PangoFontMap *pango_cairo_font_map_get_default(void);
PangoLayout *pango_cairo_create_layout(cairo_t *);
void pango_cairo_context_set_font_options(PangoContext *, const cairo_font_options_t *);
void pango_cairo_show_layout_line(cairo_t *, PangoLayoutLine *);
void g_object_unref(void *);
]]

local library = {
  FORMAT_ARGB32 = 0,
  OPERATOR_SOURCE = 1,
  FILTER_GOOD = 1,
  FILTER_NEAREST = 3,
  ROUND = 1, -- cap and join
  UNITS = 1024, -- Pango's units in a pixel
  FAMILY = "DejaVu Sans",
}

local names = {
  cairo = "libcairo.so.2",
  pango = "libpango-1.0.so.0",
  pangocairo = "libpangocairo-1.0.so.0",
  gobject = "libgobject-2.0.so.0",
}
local loaded, reason

local function try_load()
  local handles = {}
  for field, name in pairs(names) do
    local ok, handle = pcall(ffi.load, name)
    if not ok then return nil, tostring(handle) end
    handles[field] = handle
  end
  return setmetatable(handles, { __index = library })
end

--- The libraries, or nil and why not.
---@return table|nil, string|nil
function library.find()
  if not loaded and not reason then loaded, reason = try_load() end
  return loaded, reason
end

--- The libraries; raises an error that says what to install when they are not there.
---@return table
function library.load()
  local found, why = library.find()
  if not found then
    check.raise("pictures with text need Cairo and Pango: install the Debian packages "
      .. "libpangocairo-1.0-0 and fonts-dejavu-core (.svg works without them): %s", why)
  end
  return found
end

--- Grey antialiasing, slight hinting, and widths that do not depend on the scale.
function library.set_font_options(lib, context)
  local font_options = lib.cairo.mah_cairo_font_options_create()
  lib.cairo.mah_cairo_font_options_set_antialias(font_options, 2)
  lib.cairo.mah_cairo_font_options_set_hint_style(font_options, 2)
  lib.cairo.mah_cairo_font_options_set_hint_metrics(font_options, 1)
  lib.pangocairo.mah_pango_cairo_context_set_font_options(context, font_options)
  lib.cairo.mah_cairo_font_options_destroy(font_options)
end

local fonts = {}

--- A font description, made once for each size and weight.
function library.font(lib, size, bold)
  local key = (bold and "Bold " or "") .. size
  if not fonts[key] then
    local name = library.FAMILY .. (bold and " Bold" or "")
    local font = ffi.gc(lib.pango.mah_pango_font_description_from_string(name),
      lib.pango.mah_pango_font_description_free)
    lib.pango.mah_pango_font_description_set_absolute_size(font, size * library.UNITS)
    fonts[key] = font
  end
  return fonts[key]
end

--- Puts one line of text into a layout.
function library.set_text(lib, layout, text, size, bold, rtl)
  local pango = lib.pango
  pango.mah_pango_context_set_base_dir(pango.mah_pango_layout_get_context(layout), rtl and 1 or 0)
  pango.mah_pango_layout_context_changed(layout)
  pango.mah_pango_layout_set_font_description(layout, library.font(lib, size, bold))
  pango.mah_pango_layout_set_text(layout, text, #text)
end

function library.prepare_layout(lib, layout)
  lib.pango.mah_pango_layout_set_auto_dir(layout, 0)
  lib.pango.mah_pango_layout_set_single_paragraph_mode(layout, 1)
  library.set_font_options(lib, lib.pango.mah_pango_layout_get_context(layout))
  return ffi.gc(layout, lib.gobject.mah_g_object_unref)
end

return library
