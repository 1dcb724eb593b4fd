--- Small functions of C that operations call, for float and double: activations, what
--- FunctionTransformer may be, and functions of rows. In their text REAL is the type, F(exp) the
--- function of math.h for it, 1.0F a constant of it, NAME_ what all names begin with.
---
---     local expression = functions.unary.square               --> "x * x"
---     local text = functions.text("softmax", "model", "float32")

local functions = {}

--- Expressions of x, an element.
functions.unary = {
  neg = "-x", abs = "F(fabs)(x)", square = "x * x", floor = "F(floor)(x)", ceil = "F(ceil)(x)",
  round = "F(rint)(x)", trunc = "F(trunc)(x)", reciprocal = "1.0F / x", sqrt = "F(sqrt)(x)",
  exp = "F(exp)(x)", expm1 = "F(expm1)(x)", log = "F(log)(x)", log1p = "F(log1p)(x)",
  erf = "F(erf)(x)", erfc = "F(erfc)(x)",
  sin = "F(sin)(x)", cos = "F(cos)(x)", tan = "F(tan)(x)", tanh = "F(tanh)(x)",
  relu = "x <= 0.0F ? 0.0F : x",
  sign = "x > 0.0F ? 1.0F : x < 0.0F ? -1.0F : x",
  sigmoid = "1.0F / (1.0F + F(exp)(-x))",
  isnan = "x != x ? 1.0F : 0.0F",
  isfinite = "x - x == 0.0F ? 1.0F : 0.0F",
}

--- The same, of x before an activation; NaN stays NaN.
functions.activations = {
  identity = "x", exp = functions.unary.exp, tanh = functions.unary.tanh,
  logistic = functions.unary.sigmoid,
  relu = "0.0F > x ? 0.0F : x",
  leaky_relu = "0.0F > x ? 0.01F * x : x",
  elu = "0.0F > x ? F(expm1)(x) : x",
  softplus = "(x < 0.0F ? 0.0F : x) + F(log1p)(F(exp)(-F(fabs)(x)))",
  gelu = "0.5F * x * F(erfc)(-0.707106781186547524F * x)",
  silu = "x / (1.0F + F(exp)(-x))",
}

-- -- Functions ------------------------------------------------------------------------------------

local texts = {}

texts.softmax = [[
static inline void NAME_softmax(REAL *y, int n) {
  REAL most = y[0], sum = 0.0F;
  for (int j = 1; j < n; j++) most = y[j] > most ? y[j] : most;
  for (int j = 0; j < n; j++) sum += y[j] = F(exp)(y[j] - most);
  for (int j = 0; j < n; j++) y[j] /= sum;
}
]]

texts.divide = [[
static inline void NAME_divide(REAL *y, int n, REAL size) {
  if (size == 0.0F) return;
  for (int j = 0; j < n; j++) y[j] /= size;
}
]]

texts.l1 = [[
static inline void NAME_l1(REAL *y, int n) {
  REAL sum = 0.0F;
  for (int j = 0; j < n; j++) sum += F(fabs)(y[j]);
  NAME_divide(y, n, sum);
}
]]

texts.l2 = [[
static inline void NAME_l2(REAL *y, int n) {
  REAL sum = 0.0F;
  for (int j = 0; j < n; j++) sum += y[j] * y[j];
  NAME_divide(y, n, F(sqrt)(sum));
}
]]

texts.max = [[
static inline void NAME_max(REAL *y, int n) {
  REAL most = 0.0F;
  for (int j = 0; j < n; j++) most = most >= F(fabs)(y[j]) ? most : F(fabs)(y[j]);
  NAME_divide(y, n, most);
}
]]

texts.shares = [[
static inline void NAME_shares(REAL *y, int n) {
  REAL sum = 0.0F;
  for (int j = 0; j < n; j++) sum += y[j];
  for (int j = 0; j < n; j++) y[j] = sum == 0.0F ? 1.0F / (REAL)n : y[j] / sum;
}
]]

-- Sums of float are double's, as Mah's are. The elements of a group lie `step` apart.
texts.sum = [[
static inline REAL NAME_sum(const REAL *x, int n, int step) {
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += (double)x[i * step];
  return (REAL)sum;
}
]]

texts.mean = [[
static inline REAL NAME_mean(const REAL *x, int n, int step) {
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += (double)x[i * step];
  return (REAL)(sum / n);
}
]]

texts.prod = [[
static inline REAL NAME_prod(const REAL *x, int n, int step) {
  double product = 1.0;
  for (int i = 0; i < n; i++) product *= (double)x[i * step];
  return (REAL)product;
}
]]

texts.most = [[
static inline REAL NAME_most(const REAL *x, int n, int step) {
  REAL most = x[0];
  for (int i = 1; i < n; i++) {
    if (x[i * step] > most || x[i * step] != x[i * step]) most = x[i * step];
  }
  return most;
}
]]

texts.least = [[
static inline REAL NAME_least(const REAL *x, int n, int step) {
  REAL least = x[0];
  for (int i = 1; i < n; i++) {
    if (x[i * step] < least || x[i * step] != x[i * step]) least = x[i * step];
  }
  return least;
}
]]

texts.cumsum = [[
static inline void NAME_cumsum(REAL *y, int n, int step) {
  double sum = 0.0;
  for (int i = 0; i < n; i++) {
    sum += (double)y[i * step];
    y[i * step] = (REAL)sum;
  }
}
]]

-- The mean of what is left takes away what rounding the first one cost.
texts.centre = [[
static inline void NAME_centre(REAL *y, int n, int step) {
  double sum = 0.0, rest = 0.0;
  for (int i = 0; i < n; i++) sum += (double)y[i * step];
  sum /= n;
  for (int i = 0; i < n; i++) rest += (double)y[i * step] - sum;
  rest /= n;
  for (int i = 0; i < n; i++) y[i * step] = (REAL)((double)y[i * step] - sum - rest);
}
]]

-- The place of a row that `n` have; -1 where there is none.
texts.row_of = [[
static inline int NAME_row_of(double x, double first, int n) {
  return x - first >= 0.0 && x - first < (double)n ? (int)(x - first) : -1;
}
]]

texts.bins = [[
static inline REAL NAME_bins(REAL x, int n, const REAL *edges) {
  int count = 0;
  while (count < n && edges[count] <= x) count++;
  return (REAL)count;
}
]]

-- numpy.interp: the last knot <= x is found by halving
texts.interpolate = [[
static inline REAL NAME_interpolate(REAL x, int n, const REAL *knots, const REAL *values) {
  int low = 0, high = n - 1;
  if (x != x) return x;
  if (x < knots[0]) return values[0];
  if (x >= knots[high]) return values[high];
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (knots[middle] <= x) low = middle;
    else high = middle;
  }
  return (values[high] - values[low]) / (knots[high] - knots[low]) * (x - knots[low]) + values[low];
}
]]

texts.yeo_johnson = [[
static inline REAL NAME_yeo_johnson(REAL x, REAL p) {
  const REAL small = 2.220446049250313e-16F;
  if (x >= 0.0F) return F(fabs)(p) < small ? F(log1p)(x) : (F(pow)(x + 1.0F, p) - 1.0F) / p;
  if (F(fabs)(p - 2.0F) <= small) return -F(log1p)(-x);
  return -(F(pow)(1.0F - x, 2.0F - p) - 1.0F) / (2.0F - p);
}
]]

texts.yeo_johnson_back = [[
static inline REAL NAME_yeo_johnson_back(REAL x, REAL p) {
  const REAL small = 2.220446049250313e-16F;
  if (x >= 0.0F) return F(fabs)(p) < small ? F(expm1)(x) : F(pow)(x * p + 1.0F, 1.0F / p) - 1.0F;
  if (F(fabs)(p - 2.0F) <= small) return -F(expm1)(-x);
  return 1.0F - F(pow)(-(2.0F - p) * x + 1.0F, 1.0F / (2.0F - p));
}
]]

-- -1: missing, -2: no category
texts.code = [[
static inline int NAME_code(REAL x, int n) {
  if (x != x || x == -1.0F) return -1;
  if (!(x >= 0.0F && x < (REAL)n)) return -2;
  return (REAL)(int)x == x ? (int)x : -2;
}
]]

--- All of their names, with those for float.
functions.names = {}
for which in pairs(texts) do
  functions.names[#functions.names + 1] = which
  functions.names[#functions.names + 1] = which .. "f"
end

--- What functions call.
functions.needs = { l1 = "divide", l2 = "divide", max = "divide" }

--- A text for a type: expressions and functions alike. Functions for float have an f behind their
--- names.
---@param text string
---@param name string    what names begin with
---@param dtype "float32"|"float64"
---@return string
function functions.of_type(text, name, dtype)
  local suffix = dtype == "float32" and "f" or ""
  text = text:gsub("F%((%w+)%)", "%1" .. suffix):gsub("(%d)F%f[%W]", "%1" .. suffix)
  text = text:gsub("%f[%w_]REAL%f[^%w_]", dtype == "float32" and "float" or "double")
  return (text:gsub("NAME_([%w_]+)", function(own) return name .. "_" .. own .. suffix end))
end

---@return string
function functions.text(which, name, dtype)
  return functions.of_type(texts[which], name, dtype)
end

return functions
