// The trials as a table: sorted by any column, a hundred rows at a time.

const ROWS = 100;
const LONGEST_CELL = 60;

// Numbers before texts, what is missing last whatever the direction.
function compareCells(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, "en", { numeric: true });
}

function sortTrials(study, trials, by, sign) {
  const column = study.byName.get(by);
  const keyed = trials.map((i) => [valueOf(column, i), i]);
  keyed.sort((a, b) => {
    if (a[0] === null || b[0] === null) return (a[0] === null) - (b[0] === null) || a[1] - b[1];
    return sign * compareCells(a[0], b[0]) || a[1] - b[1];
  });
  return keyed.map((pair) => pair[1]);
}

class TrialsTable {
  constructor(view, onSort) {
    Object.assign(this, { view, onSort, by: "number", sign: 1, first: 0, rows: view.trials });
    this.head = element("tr");
    this.body = element("tbody");
    this.caption = element("caption", { class: "hidden" });
    this.where = element("span", { id: "where", role: "status" });
    this.back = element("button", { type: "button", onclick: () => this.turn(-ROWS) }, "Previous");
    this.next = element("button", { type: "button", onclick: () => this.turn(ROWS) }, "Next");
    this.scroller = element("div", { class: "scroller", tabindex: "0", role: "region",
      "aria-label": "Trials" },
      element("table", { id: "table" }, this.caption, element("thead", {}, this.head), this.body));
    this.root = element("div", {}, this.scroller,
      element("p", { class: "turn" }, this.back, " ", this.next, " ", this.where));
    for (const column of view.study.columns) this.head.append(this.header(column));
  }

  header(column) {
    const button = element("button", { type: "button", onclick: () => this.sort(column.name) },
      column.name);
    return element("th", { scope: "col", "aria-sort": "none",
      class: column.texts ? null : "number" }, button);
  }

  sort(name) {
    this.sign = this.by === name ? -this.sign : 1;
    this.by = name;
    this.update();
    this.onSort();
  }

  // The view's trials have changed.
  update() {
    this.rows = sortTrials(this.view.study, this.view.trials, this.by, this.sign);
    this.first = 0;
    this.fill();
  }

  turn(by) {
    this.first = Math.max(0, Math.min(this.rows.length - 1, this.first + by));
    this.fill();
  }

  // Turns to the trial's row and brings it into sight.
  showTrial(i) {
    const at = this.rows.indexOf(i);
    if (at < 0) return;
    this.first = at - at % ROWS;
    this.fill();
    const row = this.body.children[at - this.first];
    row.classList.add("chosen");
    row.setAttribute("tabindex", "-1");
    row.focus();
    row.scrollIntoView({ block: "center" });
  }

  fill() {
    const rows = this.rows.slice(this.first, this.first + ROWS);
    this.view.study.columns.forEach((column, k) => {
      this.head.children[k].setAttribute("aria-sort", column.name !== this.by ? "none"
        : this.sign > 0 ? "ascending" : "descending");
    });
    this.body.replaceChildren(...rows.map((i) => this.row(i)));
    this.caption.textContent = `Trials of ${this.view.study.name}, sorted by ${this.by}`;
    const until = this.first + rows.length, count = this.rows.length;
    this.where.textContent = count === 0 ? "No trial is like this"
      : `${this.first + 1} to ${until} of ${count}`
        + (count < this.view.study.trials ? ` (${this.view.study.trials} in all)` : "");
    this.back.disabled = this.first === 0;
    this.next.disabled = until >= count;
  }

  row(i) {
    const study = this.view.study;
    const row = element("tr", { class: study.bestSet.has(i) ? "best" : null, "data-trial": i });
    study.columns.forEach((column, k) => {
      const text = show(valueOf(column, i));
      const isLong = text.length > LONGEST_CELL || text.includes("\n");
      row.append(element(k === 0 ? "th" : "td", { scope: k === 0 ? "row" : null,
        class: column.texts ? null : "number", title: isLong ? text : null },
        isLong ? text.split("\n")[0].slice(0, LONGEST_CELL) + "…" : text));
    });
    return row;
  }
}
