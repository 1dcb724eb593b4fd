"use strict";
// The search of the reference, and what the contents do on narrow screens. INDEX (search.js) has
// [name, what it is, a sentence, where] of everything.

const MOST = 40;
const input = document.getElementById("search");
const found = document.getElementById("found");
let chosen = -1;

// How well an entry fits: less is better; Infinity where it does not.
function rank([name, kind, text], words) {
  const lower = name.toLowerCase(), last = lower.replace(/^.*[.:]/, "");
  let sum = 0;
  for (const word of words) {
    if (lower === word || last === word) sum += 0;
    else if (last.startsWith(word)) sum += 1;
    else if (lower.includes(word)) sum += 2;
    else if (kind.toLowerCase().includes(word)) sum += 4;
    else if (text.toLowerCase().includes(word)) sum += 6;
    else return Infinity;
  }
  return sum + (kind.includes(" of ") ? 0.5 : 0) + name.length / 1000;
}

function search(text) {
  const words = text.toLowerCase().replace(/^[?]+/, "").split(/\s+/).filter((w) => w);
  if (!words.length) return [];
  return INDEX.map((entry) => [rank(entry, words), entry]).filter(([r]) => r < Infinity)
    .sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, entry]) => entry);
}

function choose(at) {
  const items = found.children;
  if (chosen >= 0 && items[chosen]) items[chosen].setAttribute("aria-selected", "false");
  chosen = items.length ? (at + items.length) % items.length : -1;
  if (chosen < 0) return input.removeAttribute("aria-activedescendant");
  items[chosen].setAttribute("aria-selected", "true");
  items[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", items[chosen].id);
}

function show(list, asked) {
  found.textContent = "";
  list.forEach(([name, kind, text, where], i) => {
    const item = document.createElement("li"), link = document.createElement("a");
    item.id = "found" + i;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    link.href = where;
    link.tabIndex = -1;
    link.textContent = name;
    const more = document.createElement("small");
    more.textContent = [kind, text].filter((t) => t).join(": ");
    link.append(more);
    item.append(link);
    found.append(item);
  });
  if (!list.length && asked) {
    const item = document.createElement("li");
    item.textContent = "Nothing has this.";
    found.append(item);
  }
  found.hidden = !asked;
  input.setAttribute("aria-expanded", String(!found.hidden));
  chosen = -1;
  if (list.length) choose(0);
}

function hide() {
  found.hidden = true;
  input.setAttribute("aria-expanded", "false");
}

input.addEventListener("input", () => show(search(input.value), input.value.trim() !== ""));
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Escape") { input.value = ""; hide(); }
  else if (event.key === "Enter") {
    const link = chosen >= 0 && found.children[chosen].querySelector("a");
    if (link) { hide(); location.href = link.href; }
  } else return;
  event.preventDefault();
});
found.addEventListener("click", hide);
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

const contents = document.getElementById("contents");
if (matchMedia("(max-width: 52rem)").matches) contents.open = false;
const here = location.pathname.replace(/^.*\//, "") || "index.html";
for (const link of contents.querySelectorAll("a")) {
  if (decodeURIComponent(link.getAttribute("href")) !== decodeURIComponent(here)) continue;
  link.setAttribute("aria-current", "page");
  if (contents.open) link.scrollIntoView({ block: "center" });
  scrollTo(0, 0);
  if (location.hash) location.replace(location.hash);
}
