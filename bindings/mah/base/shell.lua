--- Other programs, run by the shell.
---
---     local output, status = shell.run(shell.words { "sbatch", "a file.sbatch" })
---     if shell.has "mpirun" then ... end
local shell = {}

--- The word as the shell has to be given it: as it is, or in single quotes.
---@param word string
---@return string
function shell.quote(word)
  if word:find "^[%w%+,%-%./:=@_]+$" then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- A command's words in a line.
---@param words string[]
---@return string
function shell.words(words)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = shell.quote(word) end
  return table.concat(quoted, " ")
end

--- Runs a command line to its end. Its errors go where ours go, unless it says `2>&1`.
---@param command string
---@return string output   without the line end that it ends with
---@return integer status
function shell.run(command)
  local pipe = io.popen("{ " .. command .. '\n}; printf "\\n%d" $?')
  local text = pipe and pipe:read "*a" or ""
  if pipe then pipe:close() end
  local output, status = text:match "^(.*)\n(%d+)$"
  return ((output or text):gsub("\n$", "")), tonumber(status) or 127
end

--- Is there such a program on the PATH?
---@param program string
---@return boolean
function shell.has(program)
  return select(2, shell.run("command -v " .. shell.quote(program) .. " >/dev/null 2>&1")) == 0
end

return shell
