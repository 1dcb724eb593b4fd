--- Writes studies into a file that Optuna reads, for its dashboard, plots and importances:
---
---     mah results out/runs.db --optuna study.db
---     python3 -c 'import optuna; print(optuna.load_study(study_name = "batch size",
---       storage = "sqlite:///study.db").best_trial)'
---
--- The tables are those of Optuna 3.0 and 3.1; later versions say so and take them after
--- `optuna storage upgrade --storage sqlite:///study.db`.
---
---   trials        those that have ended, numbered from 0 as Optuna does; the user attribute
---                 "mah:number" has the number here. One that has no finite result is FAIL
---   values        what the study judges; other results are user attributes of their own names
---   parameters    numbers are Float or Int distributions with the space's bounds and scale;
---                 anything else is Categorical, lists and tables as JSON
---   curves        intermediate values; points are counted where epochs are not whole and rising
---   constraints   the system attribute "constraints", which Optuna's samplers heed, and its
---                 best_trial does not
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local database = require "mah.sweep.database"
local domain = require "mah.sweep.domain"
local file = require "mah.base.file"
local objective = require "mah.sweep.objective"

local tables = [[
CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL);
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE version_info (version_info_id INTEGER NOT NULL PRIMARY KEY CHECK (version_info_id = 1),
  schema_version INTEGER, library_version VARCHAR(256));
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL PRIMARY KEY,
  direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL REFERENCES studies (study_id),
  objective INTEGER NOT NULL, UNIQUE (study_id, objective));
CREATE TABLE study_user_attributes (study_user_attribute_id INTEGER NOT NULL PRIMARY KEY,
  study_id INTEGER REFERENCES studies (study_id), "key" VARCHAR(512), value_json TEXT,
  UNIQUE (study_id, "key"));
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL PRIMARY KEY,
  study_id INTEGER REFERENCES studies (study_id), "key" VARCHAR(512), value_json TEXT,
  UNIQUE (study_id, "key"));
CREATE TABLE trials (trial_id INTEGER NOT NULL PRIMARY KEY, number INTEGER,
  study_id INTEGER REFERENCES studies (study_id), state VARCHAR(8) NOT NULL,
  datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER REFERENCES trials (trial_id), "key" VARCHAR(512), value_json TEXT,
  UNIQUE (trial_id, "key"));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER REFERENCES trials (trial_id), "key" VARCHAR(512), value_json TEXT,
  UNIQUE (trial_id, "key"));
CREATE TABLE trial_params (param_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER REFERENCES trials (trial_id), param_name VARCHAR(512), param_value FLOAT,
  distribution_json TEXT, UNIQUE (trial_id, param_name));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER NOT NULL REFERENCES trials (trial_id), objective INTEGER NOT NULL, value FLOAT,
  value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, objective));
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER NOT NULL REFERENCES trials (trial_id), step INTEGER NOT NULL,
  intermediate_value FLOAT, intermediate_value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, step));
CREATE TABLE trial_heartbeats (trial_heartbeat_id INTEGER NOT NULL PRIMARY KEY,
  trial_id INTEGER NOT NULL UNIQUE REFERENCES trials (trial_id), heartbeat DATETIME NOT NULL);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO version_info VALUES (1, 12, '3.1.0');
INSERT INTO alembic_version VALUES ('v3.0.0.d');
]]

--- UTC as we have it -> local time with six digits of seconds, which Optuna wants.
local TIME = "strftime('%Y-%m-%d %H:%M:%f', ?, 'localtime') || '000'"

local sql = {
  study = "INSERT INTO studies (study_name) VALUES (?)",
  direction = "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)",
  trial = "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) "
    .. ("VALUES (?, ?, ?, %s, %s)"):format(TIME, TIME),
  parameter = "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) "
    .. "VALUES (?, ?, ?, ?)",
  value = "INSERT INTO trial_values (trial_id, objective, value, value_type) "
    .. "VALUES (?, ?, ?, 'FINITE')",
  point = "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, "
    .. "intermediate_value_type) VALUES (?, ?, ?, ?)",
}

local function add_attribute(db, what, id, key, value)
  if value == nil then return end
  local owner = what:match "^%a+"
  db:run(('INSERT INTO %s_attributes (%s_id, "key", value_json) VALUES (?, ?, ?)'):format(what,
    owner), id, key, canonical.encode(value))
end

local function is_finite(v) return type(v) == "number" and v - v == 0 end

-- -- Parameters -----------------------------------------------------------------------------------

--- A choice as Optuna knows them: booleans, numbers, texts.
local function choice(value)
  return type(value) == "table" and canonical.encode(value) or value
end

--- The distribution of a parameter over some values: as JSON, and a function that gives a value's
--- number.
local function distribution_of(known, values)
  local entry = domain.of_values(known, values)
  if entry.low then
    local name = entry.integer and "IntDistribution" or "FloatDistribution"
    local attributes = { low = entry.low, high = entry.high, log = entry.log or false }
    if entry.integer then attributes.step = 1 end
    return canonical.encode { name = name, attributes = attributes }, function(v) return v end
  end
  local choices, places = {}, {}
  for k, value in ipairs(domain.all_values(known, values)) do
    choices[k], places[canonical.encode(value)] = choice(value), k - 1
  end
  return canonical.encode { name = "CategoricalDistribution", attributes = { choices = choices } },
    function(v) return places[canonical.encode(v)] end
end

--- By name: {json, number_of}.
local function distributions(rows, spaces)
  local values, result = {}, {}
  for _, row in ipairs(rows) do
    for name, value in pairs(row.params) do
      values[name] = values[name] or {}
      table.insert(values[name], value)
    end
  end
  for name, list in pairs(values) do result[name] = { distribution_of(spaces[name], list) } end
  return result
end

local function add_parameters(db, id, params, known)
  local names = {}
  for name in pairs(params) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local json, number_of = unpack(known[name])
    db:run(sql.parameter, id, name, number_of(params[name]), json)
  end
end

-- -- Results --------------------------------------------------------------------------------------

--- The judged values and their names; nil where one is missing or not finite.
local function values_of(row, judged)
  if type(judged.of) ~= "table" then
    local value, name = objective.of(row.result, judged.of)
    return is_finite(value) and { value } or nil, { [name] = true }
  end
  local values, names, all_there = {}, {}, true
  for i, name in ipairs(judged.of) do
    values[i], names[name] = row.result and row.result[name], true
    all_there = all_there and is_finite(values[i])
  end
  return all_there and values or nil, names
end

--- The state, and the values that go with it.
local function state_of(row, values)
  if row.status == "done" then return values and "COMPLETE" or "FAIL", values end
  if row.status == "failed" then return "FAIL", nil end
  local curve = row.curve and row.curve.values or {}
  return "PRUNED", is_finite(curve[#curve]) and { curve[#curve] } or nil
end

local function add_curve(db, id, curve)
  local whole, before = true, -1
  for _, epoch in ipairs(curve.epochs) do
    whole, before = whole and epoch % 1 == 0 and epoch > before, epoch
  end
  for k, value in ipairs(curve.values) do
    local kind = is_finite(value) and "FINITE" or value ~= value and "NAN"
      or value > 0 and "INF_POS" or "INF_NEG"
    db:run(sql.point, id, whole and curve.epochs[k] or k, kind == "FINITE" and value or nil, kind)
  end
end

local function add_attributes(db, id, row, names, constraints)
  local own = { number = row.number, seed = row.seed, seconds = row.seconds, reason = row.reason,
    error = row.error, identity = row.identity, warnings = row.warnings }
  for key, value in pairs(own) do add_attribute(db, "trial_user", id, "mah:" .. key, value) end
  for name, value in pairs(row.result or {}) do
    if not names[name] then add_attribute(db, "trial_user", id, name, value) end
  end
  local broken = {}
  for k, name in ipairs(constraints or {}) do
    local value = row.result and row.result[name]
    broken[k] = type(value) == "number" and value or math.huge
  end
  if row.status == "done" and #broken > 0 then
    add_attribute(db, "trial_system", id, "constraints", broken)
  end
end

local function add_trial(db, study, number, row, judged, known)
  local values, names = values_of(row, judged)
  local state
  state, values = state_of(row, values)
  local id = db:insert(sql.trial, number, study, state, row.started, row.finished)
  add_parameters(db, id, row.params, known)
  for k, value in ipairs(values or {}) do db:run(sql.value, id, k - 1, value) end
  if row.curve then add_curve(db, id, row.curve) end
  add_attributes(db, id, row, names, judged.constraints)
end

-- -- Studies --------------------------------------------------------------------------------------

local function add_directions(db, id, judged, rows)
  local names, goals = judged.of, judged.goal
  if type(names) ~= "table" then
    local result
    for _, row in ipairs(rows) do result = result or row.result end
    local _, name = objective.of(result, judged.of)
    names, goals = { name }, { objective.goal(name, judged.goal) }
  end
  for k, goal in ipairs(goals) do
    db:run(sql.direction, goal == "min" and "MINIMIZE" or "MAXIMIZE", id, k - 1)
  end
  add_attribute(db, "study_system", id, "study:metric_names", names)
end

local ended = { done = true, failed = true, pruned = true }

--- Adds one study; how many of its trials have ended, and how many have not.
local function add_study(db, store, study, all)
  local rows, left_out = {}, 0
  for _, row in ipairs(store:trials_with_curves(study, all)) do
    if ended[row.status] then rows[#rows + 1] = row else left_out = left_out + 1 end
  end
  local judged = objective.of_row(study)
  local id = db:insert(sql.study, study.name)
  add_directions(db, id, judged, rows)
  local known = distributions(rows, domain.read(study.space) or {})
  for k, row in ipairs(rows) do add_trial(db, id, k - 1, row, judged, known) end
  return #rows, left_out
end

--- Writes studies of a store into a new file for Optuna.
---@param path string     of the new file; one that is there stays, and is an error
---@param store table     an open Store
---@param studies table[] rows
---@param all boolean|nil also trials of earlier code
---@return integer trials, integer left_out   that have not ended
return function(path, store, studies, all)
  check.that(not file.exists(path), "'%s' is there already; --optuna writes a new file", path)
  local part = path .. ".part"
  os.remove(part)
  local db = database.open(part, "create")
  local trials, left_out = 0, 0
  local ok, problem = pcall(db.transaction, db, function()
    db:execute(tables)
    for _, study in ipairs(studies) do
      local ended_here, left_here = add_study(db, store, study, all)
      trials, left_out = trials + ended_here, left_out + left_here
    end
  end)
  db:close()
  if not ok then
    os.remove(part)
    error(problem, 0)
  end
  local renamed, why = os.rename(part, path)
  check.that(renamed, "'%s' cannot be written: %s", path, tostring(why))
  return trials, left_out
end
