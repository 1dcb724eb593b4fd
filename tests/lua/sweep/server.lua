--- A PostgreSQL server for specs, and databases of it that are empty.
---
---     local server = require "sweep.server"
---     setup(server.start)  teardown(server.stop)
---     local address = server.new()
local database = require "mah.sweep.database"

local server = {}

local script = "tests/cluster/postgres.sh"
local count, folder, address = 0, nil, nil

local function lines(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- Why there can be no server; nil: there can.
---@return string|nil
function server.missing()
  if lines(script .. " where") ~= "" then return nil end
  return "there is no PostgreSQL server (Debian: postgresql)"
end

function server.start()
  if server.missing() then return end
  folder = os.tmpname()
  os.remove(folder)
  address = lines(("%s start %s"):format(script, folder)):match "^[^\n]+"
  assert(address, "the server did not start")
end

function server.stop()
  if folder then lines(("%s stop %s"):format(script, folder)) end
  folder = nil
end

function server.restart() os.execute(("%s restart %s"):format(script, folder)) end

--- The address of an empty schema of its own.
---@return string
function server.new()
  count = count + 1
  local name = "test" .. count
  local db = database.open(address, "create")
  db:execute("CREATE SCHEMA " .. name)
  db:close()
  return ("%s&options=-csearch_path%%3D%s"):format(address, name)
end

--- The address of the server's own database.
function server.address() return address end

return server
