// The page: which study is shown, its filter, its charts and its table.

const page = { view: null, frames: [], table: null };

// -- The tip with a trial's parameters ------------------------------------------------------------

page.tip = document.getElementById("tip");

page.showTip = function (trial, x, y) {
  const told = describeTrial(page.view.study, trial), tip = page.tip;
  tip.replaceChildren(element("strong", {}, told.title),
    element("span", {}, told.results.join(", ")), element("span", {}, told.parameters.join(", ")));
  tip.classList.add("shown");
  const width = tip.offsetWidth, height = tip.offsetHeight;
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  tip.style.left = Math.max(4, Math.min(left, innerWidth - width - 4)) + "px";
  tip.style.top = Math.max(4, y + 14 + height > innerHeight ? y - 14 - height : y + 14) + "px";
};

page.hideTip = function () { page.tip.classList.remove("shown"); };

page.showTrial = function (trial) {
  page.hideTip();
  page.table.showTrial(trial);
};

// -- Parts ----------------------------------------------------------------------------------------

function section(id, title, ...children) {
  return element("section", { id, "aria-labelledby": id + "-title" },
    element("h2", { id: id + "-title" }, title), ...children);
}

function addFrame(title, height, paint) {
  const frame = new Frame(title, height, (self) => paint(self, page.view));
  page.frames.push(frame);
  return frame.figure;
}

function chooser(label, names, chosen, onChoice) {
  const select = element("select", { onchange: () => onChoice(select.value) },
    ...names.map((name) => element("option", { value: name, selected: name === chosen }, name)));
  return element("label", {}, label + " ", select);
}

function summary(study) {
  const counts = {}, status = study.byName.get("status");
  for (const i of status ? study.all : []) {
    counts[valueOf(status, i)] = (counts[valueOf(status, i)] || 0) + 1;
  }
  const parts = Object.entries(counts).map(([name, n]) => `${n} ${name}`);
  const list = element("p", {}, `${study.trials} ${study.trials === 1 ? "trial" : "trials"}: ${parts.join(", ")}. `);
  if (study.of.length > 1) {
    list.append(`${study.best.length} on the Pareto front of ${study.of.join(", ")}.`);
  } else if (study.best.length > 0) {
    const told = describeTrial(study, study.best[0]);
    const column = columnOfResult(study, study.of[0]);
    list.append("Best ", element("strong", {}, `${study.of[0]} `
      + show(valueOf(column, study.best[0]))),
      ` at ${told.parameters.join(", ")} (${told.title.toLowerCase()}).`);
  }
  return list;
}

function importanceTable(study) {
  const rows = study.importances.map((line) => {
    const share = line.importance === null ? "" : line.importance.toFixed(3);
    const bar = element("span", { class: "bar" });
    bar.style.width = Math.round(100 * (line.importance || 0)) + "%";
    return element("tr", {}, ...(study.of.length > 1 ? [element("td", {}, line.of)] : []),
      element("th", { scope: "row" }, line.parameter), element("td", { class: "number" }, share),
      element("td", { class: "bars", "aria-hidden": "true" }, bar));
  });
  return element("table", { class: "importances" },
    element("caption", { class: "quiet" }, "Share of the result's variance over the space that each"
      + " parameter explains by itself (functional ANOVA)."), element("tbody", {}, ...rows));
}

// Messages with the trials that failed with them, the most frequent first.
function failures(study) {
  const column = study.byName.get("error"), groups = new Map();
  for (const i of column && column.texts ? study.all : []) {
    const text = valueOf(column, i);
    if (text === null) continue;
    if (!groups.has(text)) groups.set(text, []);
    groups.get(text).push(i);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

function failureList(study) {
  const number = study.byName.get("number");
  return failures(study).map(([text, trials]) => element("details", {},
    element("summary", {}, `${trials.length === 1 ? "Once" : trials.length + " times"}: `
      + text.split("\n")[0]), element("pre", {}, text),
    element("p", {}, "Trials ", ...some(trials, 50).flatMap((i) => [element("button", {
      type: "button", class: "link", onclick: () => page.findTrial(i) },
      show(valueOf(number, i))), " "]),
    trials.length > 50 ? `and ${trials.length - 50} more` : "")));
}

// -- A study --------------------------------------------------------------------------------------

// Shows the trial in the table, without the filter where that hides it.
page.findTrial = function (trial) {
  if (!page.view.trials.includes(trial)) {
    page.filter.value = "";
    page.applyFilter();
  }
  page.showTrial(trial);
};

page.applyFilter = function () {
  const found = filterTrials(page.view.study, page.filter.value);
  page.view.trials = found.trials;
  page.filter.setAttribute("aria-invalid", found.problem !== "");
  page.problem.textContent = found.problem;
  page.table.update();
  page.change();
  page.remember();
};

page.change = function () {
  page.hideTip();
  for (const frame of page.frames) frame.change();
};

function filterRow() {
  page.filter = element("input", { type: "search", id: "filter", spellcheck: "false",
    autocomplete: "off", placeholder: "lr<0.01 status=done word -word",
    "aria-describedby": "problem" });
  page.problem = element("p", { id: "problem", role: "alert" });
  let waiting = null;
  page.filter.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(page.applyFilter, 80);
  });
  return element("div", { class: "filter" },
    element("label", { for: "filter" }, "Filter"), page.filter, page.problem);
}

function resultRow(view) {
  const study = view.study;
  const log = element("input", { type: "checkbox", onchange: () => {
    view.isLog = log.checked;
    page.change();
  } });
  const parts = [element("label", {}, log, " logarithmic")];
  if (study.numbers.length > 1) {
    parts.unshift(chooser("Result", study.numbers, view.result.name, (name) => {
      view.result = study.byName.get(name);
      page.change();
    }));
  }
  return element("p", { class: "choices" }, ...parts);
}

function contourSection(view) {
  const names = view.parameters.map((c) => c.name), chosen = [names[0], names[1]];
  const figure = addFrame("Two parameters against the result", 420, (frame) => paintContour(frame,
    view, view.study.byName.get(chosen[0]), view.study.byName.get(chosen[1])));
  const choose = (k) => (name) => {
    chosen[k] = name;
    figure.frame.change();
  };
  return section("contour", "Two parameters", element("p", { class: "choices" },
    chooser("Across", names, chosen[0], choose(0)), " ",
    chooser("Up", names, chosen[1], choose(1))),
    figure);
}

function chartSections(view) {
  const study = view.study, list = [];
  if (view.result) {
    list.push(section("history", "Results", resultRow(view),
      addFrame("Result of each trial", 320, paintHistory)));
    if (study.of.length > 1 && study.of.every((name) => columnOfResult(study, name))) {
      list.push(section("front", "Judged results",
        addFrame("Two judged results", 380, paintFront)));
    }
  }
  if (study.curves) {
    list.push(section("curves", "Curves", addFrame("Curves of reported values", 360, paintCurves)));
  }
  if (view.result && view.parameters.length > 0) list.push(...parameterSections(view));
  return list;
}

function parameterSections(view) {
  const list = [section("parallel", "Parallel coordinates",
    addFrame("Parameters and result of each trial", 380, paintParallel)),
    section("slices", "Slices", element("div", { class: "slices" },
      ...view.parameters.slice(0, MOST_SLICES).map((parameter) => addFrame(parameter.name
        + " against the result", 240, (frame) => paintSlice(frame, view, parameter)))))];
  if (view.parameters.length > 1) list.push(contourSection(view));
  if (view.study.importances.length > 0) {
    list.push(section("importances", "Importances", importanceTable(view.study)));
  }
  return list;
}

function navigation(sections) {
  return element("nav", { "aria-label": "Parts of the page" }, ...sections.flatMap((part) => [
    element("a", { href: "#" + part.id }, part.querySelector("h2").textContent), " "]));
}

page.open = function (study) {
  const result = columnOfResult(study, study.of[0]);
  for (const frame of page.frames) inSight.unobserve(frame.figure);
  page.frames = [];
  page.view = { study, trials: study.all, isLog: false, parameters: varyingParameters(study),
    result: result && !result.texts ? result : study.byName.get(study.numbers[0]) || null };
  page.table = new TrialsTable(page.view, () => page.remember());
  const charts = chartSections(page.view), failed = failureList(study);
  if (failed.length > 0) charts.push(section("failures", "Failures", ...failed));
  const table = section("trials", "Trials", page.table.root);
  const parts = charts.slice(0, 1).concat(table, charts.slice(1));
  const choice = chooser("Study", studies.map((s) => s.name), study.name,
    (name) => {
      page.open(studies.find((s) => s.name === name));
      page.remember();
    });
  document.getElementById("page").replaceChildren(
    ...(studies.length > 1 ? [element("p", { class: "choices" }, choice)] : []),
    element("h2", { class: "study" }, study.name), summary(study), navigation(parts), filterRow(),
    ...parts);
  page.table.update();
};

// -- A page that is written while the sweep runs --------------------------------------------------

page.remember = function () {
  const state = { study: page.view.study.name, filter: page.filter.value, by: page.table.by,
    sign: page.table.sign };
  try {
    sessionStorage.setItem("mah " + location.pathname, JSON.stringify(state));
  } catch (problem) { /* a browser that keeps nothing for files */ }
};

page.recall = function () {
  try {
    return JSON.parse(sessionStorage.getItem("mah " + location.pathname)) || {};
  } catch (problem) {
    return {};
  }
};

page.begin = function () {
  if (studies.length === 0) {
    document.getElementById("page").textContent = "The store has no study.";
    return;
  }
  const every = document.querySelector("meta[name=mah-every]"), state = every ? page.recall() : {};
  page.open(studies.find((study) => study.name === state.study) || studies[0]);
  if (page.view.study.byName.has(state.by)) {
    Object.assign(page.table, { by: state.by, sign: state.sign });
  }
  page.filter.value = state.filter || "";
  page.applyFilter();
  if (every) {
    setInterval(() => {
      if (document.activeElement === document.body) location.reload();
    }, 1000 * Number(every.content));
  }
};

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", page.change);
addEventListener("resize", page.change);
page.begin();
