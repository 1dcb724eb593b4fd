// What all charts share: elements, scales, axes, and a canvas that is drawn when it is in sight,
// tells which trial is under the pointer, and is walked through with the keyboard.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

// Colours from bad (0) to good (1), in steps.
function ramp() {
  const list = [];
  for (let k = 0; k < 9; k++) list.push(color("ramp" + k));
  return (t) => list[Math.max(0, Math.min(8, Math.round(t * 8)))];
}

// -- Scales ---------------------------------------------------------------------------------------

function extent(column, trials) {
  let low = Infinity, high = -Infinity;
  for (const i of trials) {
    const value = column.values[i];
    if (isFiniteNumber(value)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

function linearTicks(low, high, most) {
  const rough = (high - low) / most, unit = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map((k) => k * unit).find((s) => s >= rough * 0.999) || unit * 10;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

function logTicks(low, high, most) {
  const from = Math.ceil(Math.log10(low) - 1e-9), to = Math.floor(Math.log10(high) + 1e-9);
  if (to - from < 1) return linearTicks(low, high, most);
  const step = Math.max(1, Math.ceil((to - from) / most)), ticks = [];
  for (let k = from; k <= to; k += step) ticks.push(Math.pow(10, k));
  return ticks;
}

function numberScale(low, high, isLog, most) {
  if (!(low <= high)) [low, high] = [0, 1];
  isLog = isLog && low > 0;
  if (low === high) {
    const by = Math.abs(low) * 0.1 || 1;
    [low, high] = isLog ? [low / 1.1, high * 1.1] : [low - by, high + by];
  }
  const f = isLog ? Math.log : (v) => v;
  const start = f(low), width = f(high) - start;
  return {
    at: (value) => (isFiniteNumber(value) && (!isLog || value > 0) ? (f(value) - start) / width
      : null),
    ticks: (isLog ? logTicks : linearTicks)(low, high, most)
      .map((v) => ({ at: (f(v) - start) / width, label: show(v) })),
  };
}

function textScale(column, most) {
  const order = column.texts.map((_, k) => k)
    .sort((a, b) => column.texts[a].localeCompare(column.texts[b], "en", { numeric: true }));
  const place = [];
  order.forEach((k, rank) => { place[k] = (rank + 0.5) / order.length; });
  const step = Math.ceil(order.length / most);
  return {
    at: (k) => (k === null ? null : place[k]),
    ticks: order.filter((_, rank) => rank % step === 0).map((k) => {
      const text = column.texts[k];
      return { at: place[k], label: text.length > 12 ? text.slice(0, 11) + "…" : text };
    }),
  };
}

// Where the column's values lie, from 0 to 1; isLog null: as the study's space says.
function scaleOf(column, trials, isLog, most) {
  if (column.texts) return textScale(column, most);
  const [low, high] = extent(column, trials);
  return numberScale(low, high, isLog === null ? column.log : isLog, most);
}

// At most so many, evenly taken.
function some(list, most) {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, k) => list[Math.floor(k * list.length / most)]);
}

// -- A chart --------------------------------------------------------------------------------------

const inSight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.frame.isInSight = entry.isIntersecting;
    entry.target.frame.draw();
  }
}, { rootMargin: "100px" });

class Frame {
  // paint(frame) draws into frame.pen, frame.width times frame.height, and calls frame.mark.
  constructor(title, height, paint) {
    Object.assign(this, { title, height, paint, marks: [], at: -1, isInSight: false, isOld: true });
    this.canvas = element("canvas", { tabindex: "0", role: "application",
      "aria-roledescription": "chart", "aria-label": title
        + ". Arrow keys go from trial to trial, Enter shows the trial in the table." });
    this.over = element("canvas", { class: "over", "aria-hidden": "true" });
    this.note = element("figcaption", { class: "quiet" });
    this.box = element("div", { class: "canvas" }, this.canvas, this.over);
    this.figure = element("figure", {}, this.box, this.note);
    this.figure.frame = this;
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => this.leave());
    this.canvas.addEventListener("blur", () => this.leave());
    this.canvas.addEventListener("keydown", (event) => this.press(event));
    this.canvas.addEventListener("click", () => this.choose());
    inSight.observe(this.figure);
  }

  // Something has changed: drawn now, or when it comes into sight.
  change() {
    this.isOld = true;
    this.draw();
  }

  draw() {
    if (!this.isOld || !this.isInSight || !this.box.clientWidth) return;
    this.isOld = false;
    this.width = this.box.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.over]) {
      canvas.width = this.width * ratio;
      canvas.height = this.height * ratio;
      canvas.style.height = this.height + "px";
      canvas.getContext("2d").scale(ratio, ratio);
    }
    this.pen = this.canvas.getContext("2d");
    this.pen.font = "12px system-ui, sans-serif";
    this.marks = [];
    this.order = null;
    this.at = -1;
    this.paint(this);
  }

  mark(x, y, trial) { this.marks.push({ x, y, trial }); }

  // The room inside of two axes, which are drawn: {x(t), y(t)} of 0 ... 1.
  axes(across, up, names) {
    const pen = this.pen, right = this.width - 12, top = 12, bottom = this.height - 38;
    const left = 28 + Math.max(...up.ticks.map((tick) => pen.measureText(tick.label).width), 0);
    const x = (t) => left + t * (right - left), y = (t) => bottom - t * (bottom - top);
    pen.strokeStyle = color("line");
    pen.fillStyle = color("quiet");
    pen.lineWidth = 1;
    for (const tick of up.ticks) this.tick(left, y(tick.at), right, y(tick.at), tick.label, false);
    for (const tick of across.ticks) this.tick(x(tick.at), bottom, x(tick.at), bottom + 4,
      tick.label, true);
    pen.fillStyle = color("ink");
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillText(names[0], (left + right) / 2, this.height - 6);
    pen.save();
    pen.translate(11, (top + bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(names[1], 0, 0);
    pen.restore();
    return { x, y, left, right, top, bottom };
  }

  tick(x1, y1, x2, y2, label, isBelow) {
    const pen = this.pen;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
    pen.textAlign = isBelow ? "center" : "right";
    pen.textBaseline = isBelow ? "top" : "middle";
    const middle = Math.min(x2, this.width - 2 - pen.measureText(label).width / 2);
    pen.fillText(label, isBelow ? middle : x1 - 5, isBelow ? y2 + 2 : y1);
  }

  // -- Pointer and keyboard

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = -1, nearest = 20 * 20;
    this.marks.forEach((mark, k) => {
      const distance = (mark.x - x) * (mark.x - x) + (mark.y - y) * (mark.y - y);
      if (distance < nearest) [best, nearest] = [k, distance];
    });
    if (best < 0) this.leave();
    else if (best !== this.at) this.show(best);
  }

  // One mark of each trial, from left to right.
  walk() {
    if (!this.order) {
      const seen = new Set();
      this.order = [];
      this.marks.forEach((mark, k) => {
        if (!seen.has(mark.trial)) this.order.push(k);
        seen.add(mark.trial);
      });
      this.order.sort((a, b) => this.marks[a].x - this.marks[b].x || a - b);
    }
    return this.order;
  }

  press(event) {
    const order = this.walk(), last = order.length - 1;
    const here = this.at < 0 ? -1
      : order.findIndex((k) => this.marks[k].trial === this.marks[this.at].trial);
    const to = { ArrowRight: Math.min(last, here + 1), ArrowDown: Math.min(last, here + 1),
      ArrowLeft: Math.max(0, here - 1), ArrowUp: Math.max(0, here - 1), Home: 0, End: last };
    if (event.key in to && last >= 0) this.show(order[to[event.key]]);
    else if (event.key === "Enter") this.choose();
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  choose() {
    if (this.at >= 0) page.showTrial(this.marks[this.at].trial);
  }

  leave() {
    this.at = -1;
    this.clearOver();
    page.hideTip();
  }

  clearOver() {
    const pen = this.over.getContext("2d");
    pen.clearRect(0, 0, this.over.width, this.over.height);
    return pen;
  }

  // Rings around all marks of the trial, and what the trial is.
  show(k) {
    this.at = k;
    const pen = this.clearOver(), chosen = this.marks[k];
    pen.strokeStyle = color("ink");
    pen.lineWidth = 2;
    pen.beginPath();
    let before = null;
    for (const mark of this.marks) {
      if (mark.trial !== chosen.trial) continue;
      if (this.isOfLines && before) {
        pen.moveTo(before.x, before.y);
        pen.lineTo(mark.x, mark.y);
      }
      before = mark;
    }
    pen.moveTo(chosen.x + 6, chosen.y);
    pen.arc(chosen.x, chosen.y, 6, 0, 7);
    pen.stroke();
    const box = this.canvas.getBoundingClientRect();
    page.showTip(chosen.trial, box.left + chosen.x, box.top + chosen.y);
  }
}
