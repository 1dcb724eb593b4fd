--- Types as LuaCATS writes them: which names they use, and the same type with other names.
---
---     types.names "fun(x: tensor): rng|nil"                  --> {"nil", "rng", "tensor"}
---     types.map("Network|nil", function(name) return name:lower() end)      --> network|nil
---
--- What is read: names, "texts", numbers, a|b, a[], a?, (a), {name: a, b?: c, [d]: e},
--- fun(name: a, ...: b): c, d and name<a, b>.
local types = {}

local tokens = { "^fun%f[^%w_]", "^[%a_][%w_.]*%*?", '^"[^"]*"', "^'[^']*'", "^%-?%d[%d.e+-]*",
  "^%.%.%.", "^%[%]", "^[|?(){}%[%]<>,:]" }

--- A reader of one type: `at` counts the tokens.
local Reader = {}
Reader.__index = Reader

local function split(text)
  local list, at = {}, 1
  while true do
    at = text:find("%S", at)
    if not at then return list end
    local token
    for _, pattern in ipairs(tokens) do
      token = token or text:match(pattern, at)
    end
    if not token then return nil, ("'%s' is no part of a type"):format(text:sub(at, at)) end
    list[#list + 1] = token
    at = at + #token
  end
end

function Reader:sees(token) return self.list[self.at] == token end

--- Goes on behind the token, if it is there.
function Reader:takes(token)
  local is_there = self:sees(token)
  if is_there then self.at = self.at + 1 end
  return is_there
end

function Reader:expects(token)
  if not self:takes(token) then
    local found = self.list[self.at] or "the end"
    error { problem = ("'%s' is expected, not '%s'"):format(token, found) }
  end
end

function Reader:next()
  local token = self.list[self.at]
  if not token then error { problem = "it ends too early" } end
  self.at = self.at + 1
  return token
end

--- Things with commas in between, up to `close`.
function Reader:several(read, close)
  local list = {}
  while not self:takes(close) do
    if #list > 0 then self:expects "," end
    if self:takes(close) then break end
    list[#list + 1] = read(self)
  end
  return table.concat(list, ", ")
end

local union

--- "name: type", "name?: type", "[type]: type", or (of arguments) a name alone.
local function field(reader)
  if reader:takes "[" then
    local key = union(reader)
    reader:expects "]"
    reader:expects ":"
    return ("[%s]: %s"):format(key, union(reader))
  end
  local name = reader:next() .. (reader:takes "?" and "?" or "")
  return reader:takes ":" and name .. ": " .. union(reader) or name
end

--- What stands behind the `:` of fun(): types, some with names.
local function results(reader)
  local list = {}
  repeat
    local name = reader.list[reader.at + 1] == ":" and reader:next() .. ": "
    if name then reader:expects ":" end
    list[#list + 1] = (name or "") .. union(reader)
  until not (reader.commas and reader:takes ",")
  return table.concat(list, ", ")
end

local function func(reader)
  if not reader:takes "(" then return "fun()" end
  local text = ("fun(%s)"):format(reader:several(field, ")"))
  return reader:takes ":" and text .. ": " .. results(reader) or text
end

local function single(reader)
  local token = reader:next()
  if token == "fun" then return func(reader) end
  if token == "(" then
    local before = reader.commas
    reader.commas = true
    local inner = union(reader)
    reader:expects ")"
    reader.commas = before
    return "(" .. inner .. ")"
  end
  if token == "{" then return "{" .. reader:several(field, "}") .. "}" end
  if not token:find "^[%a_]" then
    if token:find "^[%d\"'-]" or token == "..." then return token end
    error { problem = ("'%s' is no type"):format(token) }
  end
  local name = reader.rename(token)
  if not reader:takes "<" then return name end
  return ("%s<%s>"):format(name, reader:several(union, ">"))
end

function union(reader)
  local text = single(reader)
  while true do
    if reader:takes "[]" then
      text = text .. "[]"
    elseif reader:takes "?" then
      text = text .. "?"
    elseif reader:takes "|" then
      text = text .. "|" .. single(reader)
    else
      return text
    end
  end
end

--- The type with each name as `rename` gives it; nil and what is wrong, if it is no type.
---@param text string
---@param rename fun(name: string): string
---@return string|nil, string|nil problem
function types.map(text, rename)
  local list, problem = split(text)
  if not list then return nil, problem end
  local reader = setmetatable({ list = list, at = 1, rename = rename, commas = true }, Reader)
  local ok, result = pcall(union, reader)
  if not ok and type(result) == "table" then return nil, result.problem end
  if not ok then error(result, 0) end
  if reader.at <= #list then return nil, ("'%s' comes too late"):format(list[reader.at]) end
  return result
end

--- What stands between the `|` of a type, but for those in brackets.
---@param text string
---@return string[]
function types.alternatives(text)
  local list, depth, from = {}, 0, 1
  for at, sign in text:gmatch "()([|%(%[{<%)%]}>])" do
    if sign:find "[%(%[{<]" then
      depth = depth + 1
    elseif sign ~= "|" then
      depth = depth - 1
    elseif depth == 0 then
      list[#list + 1], from = text:sub(from, at - 1), at + 1
    end
  end
  list[#list + 1] = text:sub(from)
  return list
end

--- The names in a type, sorted, each once; nil and what is wrong, if it is no type.
---@param text string
---@return string[]|nil, string|nil problem
function types.names(text)
  local seen, names = {}, {}
  local result, problem = types.map(text, function(name)
    if not seen[name] then seen[name], names[#names + 1] = true, name end
    return name
  end)
  if not result then return nil, problem end
  table.sort(names)
  return names
end

return types
