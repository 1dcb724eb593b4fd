// The charts of a study. Each is made once and drawn from what `view` says now: view.study, the
// filtered view.trials, view.result (a column), view.isLog of the result's axis.

const MOST_LINES = 1500; // of a chart; more only make it black
const MOST_SLICES = 12;

// Of a result: how good a value is, from 0 to 1 among those that are shown.
function goodness(view) {
  const scale = scaleOf(view.result, view.trials, view.isLog, 5);
  const isMin = goalOf(view.study, view.result.name) === "min";
  return (i) => {
    const t = scale.at(view.result.values[i]);
    return t === null ? null : isMin ? 1 - t : t;
  };
}

// The result of finished trials alone counts as one.
function isDone(view, i) { return valueOf(view.study.byName.get("status"), i) === "done"; }

function dots(frame, places, fill, radius) {
  const pen = frame.pen;
  pen.fillStyle = fill;
  if (radius < 2) { // too small to be told from squares, which are faster
    for (const [x, y] of places) pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    return;
  }
  for (const [x, y] of places) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fill();
  }
}

// Points of two columns; the best are larger and have another colour.
function scatter(frame, view, across, up, names) {
  const room = frame.axes(across.scale, up.scale, names), plain = [], best = [];
  for (const i of view.trials) {
    const s = across.scale.at(across.column.values[i]), t = up.scale.at(up.column.values[i]);
    if (s === null || t === null) continue;
    const place = [room.x(s), room.y(t)];
    (view.study.bestSet.has(i) ? best : plain).push(place);
    frame.mark(place[0], place[1], i);
  }
  frame.pen.globalAlpha = plain.length > 2000 ? 0.35 : 0.7;
  dots(frame, plain, color("dot"), plain.length > 2000 ? 1.5 : 3);
  frame.pen.globalAlpha = 1;
  dots(frame, best, color("best"), 5);
  return room;
}

function resultAxis(view) {
  return { column: view.result, scale: scaleOf(view.result, view.trials, view.isLog, 6) };
}

// -- Results in the order of the trials -----------------------------------------------------------

function paintHistory(frame, view) {
  const number = view.study.byName.get("number"), up = resultAxis(view);
  const across = scaleOf(number, view.trials, false, 6);
  const room = scatter(frame, view, { column: number, scale: across }, up,
    ["trial", view.result.name]);
  const isMin = goalOf(view.study, view.result.name) === "min", pen = frame.pen;
  let best = null;
  pen.strokeStyle = color("best");
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const i of view.trials) {
    const value = view.result.values[i];
    if (!isFiniteNumber(value) || !isDone(view, i) || up.scale.at(value) === null) continue;
    const x = room.x(across.at(number.values[i]));
    if (best === null) pen.moveTo(x, room.y(up.scale.at(value)));
    else pen.lineTo(x, room.y(up.scale.at(best)));
    if (best === null || (isMin ? value < best : value > best)) best = value;
    pen.lineTo(x, room.y(up.scale.at(best)));
  }
  pen.stroke();
  frame.note.textContent = "The line is the best so far"
    + (view.study.constraints.length ? ", whatever the constraints." : ".");
}

function paintFront(frame, view) {
  const names = view.study.of.slice(0, 2);
  const [across, up] = names.map((name) => {
    const column = columnOfResult(view.study, name);
    return { column, scale: scaleOf(column, view.trials, false, 6) };
  });
  scatter(frame, view, across, up, names);
  frame.note.textContent = "Marked: trials that none is better than in all judged results.";
}

// -- Curves ---------------------------------------------------------------------------------------

function paintCurves(frame, view) {
  const curves = view.study.curves, wanted = new Set(view.trials), lines = [];
  curves.of.forEach((trial, k) => { if (wanted.has(trial)) lines.push(k); });
  const isBest = (k) => view.study.bestSet.has(curves.of[k]);
  const drawn = lines.length <= MOST_LINES ? lines
    : some(lines, MOST_LINES).filter((k) => !isBest(k)).concat(lines.filter(isBest));
  let low = Infinity, high = -Infinity, first = Infinity, last = -Infinity;
  for (const k of drawn) {
    const steps = curves.steps[curves.at[k]];
    first = Math.min(first, steps[0]);
    last = Math.max(last, steps[steps.length - 1]);
    for (const v of curves.values[k]) {
      if (isFiniteNumber(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
    }
  }
  const across = numberScale(first, last, false, 6), up = numberScale(low, high, view.isLog, 6);
  const room = frame.axes(across, up, ["epoch", "reported value"]);
  frame.isOfLines = true;
  paintCurveLines(frame, view, drawn, (step) => room.x(across.at(step)),
    (value) => { const t = up.at(value); return t === null ? null : room.y(t); });
  frame.note.textContent = (drawn.length < lines.length
    ? `${drawn.length} of ${lines.length} curves are drawn. ` : "")
    + (curves.thinned ? "Curves are thinned; in full they are in the CSV file. " : "")
    + "Stronger colours: better results.";
}

function paintCurveLines(frame, view, drawn, x, y) {
  const curves = view.study.curves, good = goodness(view), shade = ramp(), pen = frame.pen;
  pen.globalAlpha = drawn.length > 100 ? 0.5 : 0.9;
  for (const k of drawn) {
    const steps = curves.steps[curves.at[k]], trial = curves.of[k], t = good(trial);
    const isBest = view.study.bestSet.has(trial);
    pen.strokeStyle = isBest ? color("best") : t === null ? color("quiet") : shade(t);
    pen.lineWidth = isBest ? 3 : 1.2;
    pen.beginPath();
    let isDown = false;
    curves.values[k].forEach((value, j) => {
      const px = x(steps[j]), py = y(value);
      if (py === null) {
        isDown = false;
        return;
      }
      if (isDown) pen.lineTo(px, py);
      else pen.moveTo(px, py);
      isDown = true;
      frame.mark(px, py, trial);
    });
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

// -- Parallel coordinates -------------------------------------------------------------------------

// Parameters that differ, the important ones first.
function varyingParameters(study) {
  const weight = new Map(study.importances.filter((line) => line.of === study.of[0])
    .map((line) => [line.parameter, line.importance || 0]));
  return study.columns.filter((column) => column.group === "parameter"
    && new Set(column.values.filter((v) => v !== null)).size > 1)
    .sort((a, b) => (weight.get(b.name) || 0) - (weight.get(a.name) || 0));
}

function paintParallel(frame, view) {
  const columns = view.parameters.slice(0, 9).reverse().concat([view.result]);
  const few = frame.width < 500 ? columns.slice(-5) : columns, pen = frame.pen;
  const scales = few.map((c) => scaleOf(c, view.trials, c === view.result ? view.isLog : null, 5));
  const left = 50, right = frame.width - 40, top = 34, bottom = frame.height - 14;
  const x = (k) => left + k * (right - left) / Math.max(1, few.length - 1);
  const y = (t) => bottom - t * (bottom - top);
  const good = goodness(view), shade = ramp();
  const lines = some(view.trials.filter((i) => good(i) !== null), MOST_LINES);
  const best = view.study.best.filter((i) => good(i) !== null && view.trials.includes(i));
  frame.isOfLines = true;
  pen.globalAlpha = lines.length > 200 ? 0.4 : 0.8;
  for (const i of lines.sort((a, b) => good(a) - good(b)).concat(best)) {
    const isBest = view.study.bestSet.has(i);
    pen.strokeStyle = isBest ? color("best") : shade(good(i));
    pen.lineWidth = isBest ? 2.5 : 1;
    if (isBest) pen.globalAlpha = 1;
    pen.beginPath();
    few.forEach((column, k) => {
      const t = scales[k].at(column.values[i]);
      if (t === null) return;
      pen.lineTo(x(k), y(t));
      frame.mark(x(k), y(t), i);
    });
    pen.stroke();
  }
  pen.globalAlpha = 1;
  paintParallelAxes(frame, few, scales, x, y);
  frame.note.textContent = (few.length < view.parameters.length + 1
    ? `The ${few.length - 1} parameters that count most. ` : "")
    + (lines.length === MOST_LINES ? `${MOST_LINES} of ${view.trials.length} trials are drawn. `
      : "")
    + "Stronger colours: better results.";
}

function paintParallelAxes(frame, columns, scales, x, y) {
  const pen = frame.pen;
  columns.forEach((column, k) => {
    pen.strokeStyle = color("quiet");
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x(k), y(0));
    pen.lineTo(x(k), y(1));
    pen.stroke();
    pen.textAlign = k === 0 ? "left" : k === columns.length - 1 ? "right" : "center";
    pen.textBaseline = "middle";
    pen.fillStyle = color("ink");
    const room = Math.floor(frame.width / columns.length / 7);
    pen.fillText(column.name.length > room ? column.name.slice(0, room - 1) + "…" : column.name,
      k === 0 ? 4 : k === columns.length - 1 ? frame.width - 4 : x(k), k % 2 === 0 ? 10 : 22);
    pen.textAlign = "right";
    pen.strokeStyle = color("paper");
    pen.lineWidth = 3;
    for (const tick of scales[k].ticks) {
      pen.strokeText(tick.label, x(k) - 4, y(tick.at));
      pen.fillText(tick.label, x(k) - 4, y(tick.at));
    }
  });
}

// -- Slices and contours --------------------------------------------------------------------------

function paintSlice(frame, view, parameter) {
  scatter(frame, view, { column: parameter, scale: scaleOf(parameter, view.trials, null, 5) },
    resultAxis(view), [parameter.name, view.result.name]);
}

// The value at a place by the points around it, with weights 1 / distance^4 (Shepard, 1968).
function shepard(points, s, t) {
  let sum = 0, weights = 0;
  for (const p of points) {
    const d = (p.s - s) * (p.s - s) + (p.t - t) * (p.t - t) + 1e-5, w = 1 / (d * d);
    sum += w * p.good;
    weights += w;
  }
  return sum / weights;
}

function paintContour(frame, view, across, up) {
  const sx = scaleOf(across, view.trials, null, 6), sy = scaleOf(up, view.trials, null, 6);
  const good = goodness(view), points = [], pen = frame.pen, shade = ramp();
  for (const i of view.trials) {
    const s = sx.at(across.values[i]), t = sy.at(up.values[i]), g = good(i);
    if (s !== null && t !== null && g !== null) points.push({ s, t, good: g, i });
  }
  const room = frame.axes(sx, sy, [across.name, up.name]), near = some(points, 400), side = 4;
  for (let px = room.left; near.length && px < room.right; px += side) {
    for (let py = room.top; py < room.bottom; py += side) {
      const s = (px + side / 2 - room.left) / (room.right - room.left);
      const t = (room.bottom - py - side / 2) / (room.bottom - room.top);
      pen.fillStyle = shade(shepard(near, s, t));
      pen.fillRect(px, py, Math.min(side, room.right - px), Math.min(side, room.bottom - py));
    }
  }
  const shown = some(points, MOST_LINES);
  dots(frame, shown.map((p) => [room.x(p.s), room.y(p.t)]), color("paper"), 2.4);
  dots(frame, shown.map((p) => [room.x(p.s), room.y(p.t)]), color("ink"), 1.6);
  for (const p of shown) frame.mark(room.x(p.s), room.y(p.t), p.i);
  frame.note.textContent = `Stronger colours: better ${view.result.name}, as the trials nearby have`
    + " it; other parameters are not held fast.";
}
