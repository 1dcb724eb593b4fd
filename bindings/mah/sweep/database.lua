--- What a store is kept in: a file of SQLite's, or a PostgreSQL server's database. Both have the
--- same methods, and take the same SQL.
---
---     local db = database.open("out/runs.db", "create")     -- or "write", "read"
---     local db = database.open("postgresql://mah@host/runs", "read")
---     db:run("INSERT INTO t VALUES (?, NOW)", 1)
---     for _, row in ipairs(db:rows("SELECT a FROM t WHERE a > ?", 0)) do print(row.a) end
---     db:close()
local address = require "mah.sweep.address"
local postgres = require "mah.sweep.store.postgres"
local sqlite = require "mah.sweep.store.sqlite"

local database = {}

--- Opens a file, or a database by its address. Of an address `mode` says only whether it is written
--- to.
---@param path string
---@param mode "read"|"write"|"create"
function database.open(path, mode)
  return (address.is(path) and postgres or sqlite).open(path, mode)
end

return database
