--- The checkpoints of a program or a trial: which training is the n-th, when it is time to save,
--- and the files. A failure to write costs checkpoints, and never the training.
---
---     local session = Session.new {
---       seconds = 60,
---       path = function(n) return ("out/fit-%d.safetensors"):format(n) end,
---     }
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local freeze = require "mah.learn.freeze"
local progress = require "mah.base.progress"
local safetensors = require "mah.data.safetensors"
local tensor = require "mah.tensor"
local text_of = require "mah.base.text"
local warn = require "mah.base.warn"

local Session = {}
Session.__index = Session

local FORMAT = "mah checkpoint 1"
local MOST_BYTES = 256 * 2 ^ 20 -- of trainings that have ended and wait for their files
local AT_ONCE, NOT_AT_ALL = 0.1, 0.001 -- intervals: what took so long is saved when it ends; what
-- took less than that is made again as fast

---@class mah.CheckpointOptions
---@field seconds number      between two checkpoints
---@field path fun(n: integer): string   the file of the n-th training
---@field single boolean|nil             there is one training, and its file goes when it ends
---@field on_begin function|nil          () a training begins: it can be asked to pause
---@field on_end function|nil
---@field on_pause function|nil          () does not return where the training can end here
---@field on_note function|nil           (note): what an earlier process has noted
---@field is_one_of_many boolean|nil     other trials run side by side with this one

---@param o mah.CheckpointOptions
function Session.new(o)
  return setmetatable({ o = o, count = 0, due = progress.now() + o.seconds, pending = {},
    pending_bytes = 0, notes = {}, first_note = 1 }, Session)
end

--- Sessions for n trainings side by side, the next ones of this session. What they share, the
--- default generator, must not be drawn from meanwhile. They pause when all have saved. nil where
--- only one of several trials would pause: they are made without checkpoints.
---@param n integer
---@return table[]|nil sessions
function Session:branch(n)
  local group = {}
  for i = 1, not self.o.is_one_of_many and n or 0 do
    group[i] = setmetatable({ o = self.o, count = self.count + i - 1, due = self.due, pending = {},
      pending_bytes = 0, notes = {}, first_note = 1, group = group }, Session)
  end
  self.count = self.count + n
  return group[1] and group or nil
end

local HEAD = 256 -- bytes of a file in which its format is

--- Is the place free for a checkpoint: is there nothing, or one? It is written over, and removed.
---@param path string
---@return boolean
function Session.may_have(path)
  local handle = file.exists(path) and io.open(path, "rb")
  local head = handle and handle:read(HEAD) or ""
  if handle then handle:close() end
  return head == "" or head:find("mah checkpoint", 1, true) ~= nil
end

-- -- Trainings come and go ------------------------------------------------------------------------

--- A training begins. Returns its number.
function Session:enter()
  self.count, self.is_busy, self.first_note = self.count + 1, true, #self.notes + 1
  self.is_over = false
  if self.o.on_begin then self.o.on_begin() end
  return self.count
end

--- It ended, in whatever way.
function Session:leave()
  self.is_busy = false
  if self.o.on_end then self.o.on_end() end
end

--- Wants the training, and those that go side by side with it, to save where they stand, and to
--- end, as soon as they can.
function Session:suspend()
  for _, session in ipairs(self.group or { self }) do
    session.is_suspended, session.due = true, 1e-9
  end
end

--- Has it saved what somebody waits for?
function Session:is_ready_to_pause() return self.is_saved or false end

--- Ends the process, or the trial's part in it, when all that go side by side have saved; where
--- that cannot be, the training goes on.
function Session:pause()
  self.is_saved = true
  for _, other in ipairs(self.group or {}) do
    if not other.is_saved and not other.is_over then return end
  end
  for _, other in ipairs(self.group or {}) do other:write_pending() end
  if self.o.on_pause then self.o.on_pause() end
end

--- Notes what the trial says, a table of plain values: a report, a warning.
function Session:note(note) self.notes[#self.notes + 1] = note end

--- The notes since the training at hand began.
function Session:notes_of_this()
  local list = {}
  for i = self.first_note, #self.notes do list[#list + 1] = self.notes[i] end
  return list
end

--- Says again what was said before the checkpoint.
function Session:take_notes(notes)
  for _, note in ipairs(notes) do
    self:note(note)
    if self.o.on_note then self.o.on_note(note) end
  end
end

-- -- Files ----------------------------------------------------------------------------------------

--- Warns of a checkpoint.
function Session:complain(what, number, ...)
  warn("the checkpoint '%s' " .. what, self.o.path(number), ...)
end

local crc_out = ffi.new "uint32_t[1]"

--- A sum over all that is in a file.
local function sum_of(tensors, text)
  local names, sums = {}, {}
  for name in pairs(tensors) do names[#names + 1] = name end
  table.sort(names)
  local bytes = tensor.empty(math.max(#text, 1), { dtype = "uint8" })
  ffi.copy(bytes.data, text, #text)
  for i, name in ipairs(names) do
    check.status(C.mah_tensor_crc(crc_out, tensors[name]))
    sums[i] = ("%s %08x"):format(name, crc_out[0])
  end
  check.status(C.mah_tensor_crc(crc_out, bytes))
  return ("%s %08x"):format(table.concat(sums, " "), crc_out[0])
end

local function write(session, number, identity, tensors, text)
  local path = session.o.path(number)
  local folder = path:match "^(.+)/[^/]*$"
  if folder then file.make_directory(folder) end
  safetensors.save_safetensors(path, tensors, { format = FORMAT, training = identity, state = text,
    sum = sum_of(tensors, text) })
end

--- Calls f; a failure is warned of, once.
local function try(session, number, f, ...)
  local ok, problem = pcall(f, ...)
  if ok or session.has_complained then return ok end
  session.has_complained = true
  session:complain("cannot be written, and the training goes on without: %s", number,
    text_of.without_place(problem))
  return false
end

--- Writes the trainings that have ended and wait for that.
function Session:write_pending()
  local pending = self.pending
  self.pending, self.pending_bytes = {}, 0
  for _, p in ipairs(pending) do
    try(self, p.number, write, self, p.number, p.identity, p.tensors, p.text)
  end
end

--- Writes a training's state, and before it those that wait.
---@param make fun(): table   errors say what cannot be saved
function Session:save(number, identity, make)
  self:write_pending()
  if not self.only_reads then
    try(self, number, function()
      local tensors, text = freeze.freeze(make())
      write(self, number, identity, tensors, text)
    end)
  end
  self.due = progress.now() + self.o.seconds
end

--- Keeps the state of a training that has ended until it is time to write.
local function keep(session, number, identity, make)
  local tensors, text = freeze.freeze(make())
  for name, t in pairs(tensors) do
    tensors[name] = t:clone()
    session.pending_bytes = session.pending_bytes
      + t:numel() * tonumber(C.mah_dtype_size(t.elem))
  end
  table.insert(session.pending, { number = number, identity = identity, tensors = tensors,
    text = text })
  if session.pending_bytes > MOST_BYTES or progress.now() >= session.due then
    session:write_pending()
    session.due = progress.now() + session.o.seconds
  end
end

--- A training has ended after so many seconds in this process.
function Session:finish(number, identity, seconds, make)
  self.is_over = true
  if self.only_reads then return end
  if self.o.single then
    os.remove(self.o.path(number))
  elseif seconds >= AT_ONCE * self.o.seconds then
    self:save(number, identity, make)
  elseif seconds >= NOT_AT_ALL * self.o.seconds or file.exists(self.o.path(number)) then
    try(self, number, keep, self, number, identity, make)
  end
end

--- The parts of two trainings' texts (identity.lua) that differ.
local function differences(theirs, ours)
  local parts, differing = {}, { {}, {} }
  for part in (ours .. "; "):gmatch "(.-); " do parts[#parts + 1] = part end
  local i = 0
  for part in (tostring(theirs) .. "; "):gmatch "(.-); " do
    i = i + 1
    if part ~= parts[i] then
      table.insert(differing[1], part)
      table.insert(differing[2], parts[i])
    end
  end
  return table.concat(differing[1], "; "), table.concat(differing[2], "; ")
end

local function read(session, number)
  local path = session.o.path(number)
  local tensors, metadata = safetensors.load_safetensors(path)
  check.that(metadata.format == FORMAT, "it is none, or one of another version")
  check.that(type(metadata.state) == "string"
    and metadata.sum == sum_of(tensors, metadata.state), "it is damaged")
  return freeze.thaw(tensors, metadata.state), metadata.training
end

--- The state of the n-th training as an earlier process left it, or nil.
---@return table|nil state
function Session:load(number, identity)
  if not file.exists(self.o.path(number)) then return nil end
  local ok, state, saved = pcall(read, self, number)
  if not ok then
    self:complain("is ignored: %s", number, text_of.without_place(state))
  elseif saved ~= identity then
    self:complain("is ignored: it is of another training (%s), and this one has (%s)", number,
      differences(saved, identity))
  else
    return state
  end
end

return Session
