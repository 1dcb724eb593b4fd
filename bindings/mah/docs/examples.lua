--- The examples in documentation: lines of a text that are indented by four or more, between
--- paragraphs that are not.
---
---     local code = examples.of(text)         -- all of a text, as one piece of Lua; or nil
---     examples.outputs(code)                 -- what it says that it prints, line by line
---     examples.not_run(code)                 -- why it cannot run in a test, or nil
local examples = {}

--- The pieces of a text: {code = true or false, lines = {...}}.
---@param text string
---@return {code: boolean, lines: string[]}[]
function examples.pieces(text)
  local pieces, piece = {}, nil
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local is_code = line:match "^    " ~= nil
    if line ~= "" then
      local before = piece and piece.lines[#piece.lines]
      if piece and is_code and not piece.code and before ~= "" and before:match "^%s" then
        is_code = false -- a list's row goes on
      end
      if not piece or piece.code ~= is_code then
        piece = { code = is_code, lines = {} }
        pieces[#pieces + 1] = piece
      end
    end
    if piece then piece.lines[#piece.lines + 1] = is_code and line:sub(5) or line end
  end
  for _, each in ipairs(pieces) do
    while each.lines[#each.lines] == "" do each.lines[#each.lines] = nil end
  end
  return pieces
end

--- The examples of a text, one after the other, as a chunk of Lua; nil when there is none.
---@param text string
---@return string|nil
function examples.of(text)
  local lines = {}
  for _, piece in ipairs(examples.pieces(text)) do
    for _, line in ipairs(piece.code and piece.lines or {}) do lines[#lines + 1] = line end
  end
  return #lines > 0 and table.concat(lines, "\n") or nil
end

--- The lines that an example prints, as it says: what stands behind `-->`.
---@param code string
---@return string[]
function examples.outputs(code)
  local lines = {}
  for line in code:gmatch "[^\n]+" do lines[#lines + 1] = line:match "%-%-> ?(.-)%s*$" end
  return lines
end

--- The reason in an example's first line, `-- not run: why`; nil for one that runs.
---@param code string
---@return string|nil
function examples.not_run(code) return code:match "^%s*%-%- not run: ([^\n]*)" end

return examples
