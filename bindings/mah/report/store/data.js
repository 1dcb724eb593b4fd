// The studies as the page has them, and filters of their trials.
//
// A study has columns: {name, group: "trial" | "parameter" | "result", log, values}, a text column
// also texts, of which values are the places. null: not there. A trial is known by its place.

function readStudy(raw) {
  const study = Object.assign({ haystacks: null }, raw);
  study.byName = new Map(raw.columns.map((column) => [column.name, column]));
  study.bestSet = new Set(raw.best);
  study.all = Array.from({ length: raw.trials }, (_, i) => i);
  study.numbers = raw.columns.filter((c) => c.group === "result" && !c.texts).map((c) => c.name);
  return study;
}

const studies = JSON.parse(document.getElementById("data").textContent).map(readStudy);

function valueOf(column, i) {
  const value = column.values[i];
  return value === null || !column.texts ? value : column.texts[value];
}

function isFiniteNumber(value) { return typeof value === "number" && isFinite(value); }

// What was judged may be called by a name whose column is "result.NAME".
function columnOfResult(study, name) {
  const plain = study.byName.get(name);
  return plain && plain.group === "result" ? plain : study.byName.get("result." + name);
}

// "max" or "min"; what is not judged: by its name, as mah.sweep has it.
function goalOf(study, name) {
  const at = study.of.indexOf(name.replace(/^result\./, ""));
  if (at >= 0) return study.goal[at];
  return /loss|error|seconds|time/i.test(name) ? "min" : "max";
}

function show(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return value;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(3).replace("e+", "e");
  return String(Number(value.toPrecision(6)));
}

// {title: "Trial 3", parameters: ["lr 0.01", "width 32"], results: ["test 0.97"]}
function describeTrial(study, i) {
  const number = study.byName.get("number");
  const parts = { parameter: [], result: [] };
  for (const column of study.columns) {
    const value = valueOf(column, i);
    if (value !== null && parts[column.group]) {
      parts[column.group].push(column.name + " " + show(value));
    }
  }
  const status = valueOf(study.byName.get("status"), i);
  if (status !== "done") parts.result.unshift(status);
  return { title: "Trial " + show(valueOf(number, i)), parameters: parts.parameter,
    results: parts.result };
}

// -- Filters --------------------------------------------------------------------------------------

const operators = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
};

function unquoted(text) { return text.replace(/"/g, ""); }

function haystack(study, i) {
  if (!study.haystacks) study.haystacks = [];
  if (study.haystacks[i] === undefined) {
    const words = study.columns.map((c) => show(valueOf(c, i)));
    study.haystacks[i] = words.join("\n").toLowerCase();
  }
  return study.haystacks[i];
}

function wordTest(study, token) {
  const isNot = token.length > 1 && token[0] === "-" && isNaN(Number(token));
  const word = unquoted(isNot ? token.slice(1) : token).toLowerCase();
  return (i) => haystack(study, i).includes(word) !== isNot;
}

function equals(value, text, number) {
  if (value === null) return text === "";
  if (typeof value !== "number") return value.toLowerCase() === text.toLowerCase();
  return value === number || Number(show(value)) === number;
}

// The test of one token: a word, -word, or name<value; throws what is wrong with it.
function tokenTest(study, token) {
  const parts = /^("[^"]*"|[^"<>=!]+)(<=|>=|!=|<|>|=)(.*)$/.exec(token);
  if (!parts) return wordTest(study, token);
  const name = unquoted(parts[1]), text = unquoted(parts[3]), number = Number(text);
  const column = study.byName.get(name);
  if (!column) {
    throw new Error(`no column "${name}"; there are: ${[...study.byName.keys()].join(", ")}`);
  }
  if (parts[2] === "=") return (i) => equals(valueOf(column, i), text, number);
  if (parts[2] === "!=") return (i) => !equals(valueOf(column, i), text, number);
  if (text === "" || isNaN(number)) throw new Error(`${parts[0]}: a number is needed there`);
  const compare = operators[parts[2]];
  return (i) => typeof valueOf(column, i) === "number" && compare(valueOf(column, i), number);
}

// The trials that all tokens hold for: {trials, problem}; with a problem, all trials.
function filterTrials(study, text) {
  const closed = text.replace(/\s*(<=|>=|!=|<|>|=)\s*/g, "$1");
  const tokens = closed.match(/(?:[^\s"]|"[^"]*"?)+/g) || [];
  try {
    const tests = tokens.map((token) => tokenTest(study, token));
    return { trials: study.all.filter((i) => tests.every((test) => test(i))), problem: "" };
  } catch (problem) {
    return { trials: study.all, problem: problem.message };
  }
}
