// The claims' filter: sections with a match open, the others hide; on paper all sections are open.
// Without this the verdicts are chosen by the style alone, and sections are opened by hand.
"use strict";
(function () {
  const list = document.querySelector(".claims-list");
  if (!list) return;
  const status = list.querySelector("[role=status]");
  const box = list.querySelector("input[type=search]");
  const sections = [...list.querySelectorAll("details")];
  let before = null; // which were open when the filter was not in use

  function digits(number) {
    const all = status.dataset.digits.split(" ");
    return String(number).replace(/\d/g, (digit) => all[digit]);
  }

  function matches(section, row, verdict, words) {
    const text = (section.querySelector("summary").textContent + row.textContent).toLowerCase();
    return (verdict === "all" || row.classList.contains(verdict))
      && words.every((word) => text.includes(word));
  }

  // How many rows of a section are shown.
  function filter(section, verdict, words) {
    let shown = 0;
    for (const row of section.querySelectorAll("tbody tr")) {
      row.hidden = !matches(section, row, verdict, words);
      shown += row.hidden ? 0 : 1;
    }
    section.hidden = shown === 0;
    return shown;
  }

  function apply() {
    const verdict = list.querySelector("[name=verdict]:checked").value;
    const words = box.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const isUsed = verdict !== "all" || words.length > 0;
    if (isUsed && !before) before = sections.map((section) => section.open);
    let shown = 0, all = 0;
    sections.forEach((section, i) => {
      shown += filter(section, verdict, words);
      all += section.querySelectorAll("tbody tr").length;
      if (before) section.open = isUsed || before[i];
    });
    if (!isUsed) before = null;
    status.textContent = status.dataset.text.replace("{shown}", digits(shown))
      .replace("{all}", digits(all));
  }

  list.querySelector(".words").hidden = false;
  list.addEventListener("input", apply);
  apply();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = sections.filter((section) => !section.open);
    for (const section of closed) section.open = true;
  });
  addEventListener("afterprint", () => {
    for (const section of closed) section.open = false;
  });
})();
