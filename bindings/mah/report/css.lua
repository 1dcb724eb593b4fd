--- The page's style: light or dark as the reader's system is, narrow or wide, on paper; left to
--- right or right to left. Colours are those of the figures.
local colors = require "mah.draw.colors"

local style = [[
* { box-sizing: border-box; }
:root { color-scheme: light dark; --yes: #1a7f4b; --no: #b3362c; --depends: #8a6100;
  --shade: #f4f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --yes: #4cc38a; --no: #ff8a7a; --depends: #e8b84a; --shade: #1c2229; }
}
html { scroll-behavior: smooth; }
body { font: 16px/1.6 system-ui, "Segoe UI", Vazirmatn, "DejaVu Sans", Tahoma, sans-serif;
  color: var(--mah-ink); background: var(--mah-background); max-width: 62rem; margin: 0 auto;
  padding: 2rem 1rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 0 0 1.2rem; }
h2 { font-size: 1.4rem; line-height: 1.3; margin: 3.5rem 0 .8rem; padding-bottom: .35rem;
  border-bottom: 1px solid var(--mah-grid); }
h3 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
p { max-width: 46rem; margin: .7rem 0; }
p.question { font-size: 1.1rem; }
p.note, figcaption, caption, footer, dt { color: var(--mah-muted); }
p.note { font-size: .92rem; }
a { color: inherit; text-decoration-color: var(--mah-axis); text-underline-offset: .2em;
  unicode-bidi: isolate; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; background: var(--shade);
  padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; unicode-bidi: isolate; }
pre { background: var(--shade); padding: .8rem 1rem; border-radius: 8px; overflow-x: auto;
  line-height: 1.45; }
pre.wrap { white-space: pre-wrap; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
p.finding { border-inline-start: 4px solid var(--depends); padding-inline-start: 1rem; }
th.number, td.number { text-align: end; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; }
dl.facts dd { margin: 0; min-width: 0; }
nav { margin: 2rem 0; padding: 1rem 1.2rem; background: var(--shade); border-radius: 8px; }
nav h2 { font-size: 1rem; margin: 0 0 .4rem; border: 0; padding: 0; }
nav ul { list-style: none; margin: 0; padding: 0; columns: 18rem; column-gap: 2rem; }
nav li { break-inside: avoid; padding: .12rem 0; }
nav .number { display: inline-block; min-width: 2.2em; color: var(--mah-muted); }
.scroll { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-size: .92rem; padding-bottom: .5rem; }
caption b, figcaption b { color: var(--mah-ink); }
th, td { padding: .35rem 0; padding-inline-end: 1.4rem; border-bottom: 1px solid var(--mah-grid);
  text-align: start; vertical-align: top; }
th { font-weight: 600; font-size: .92rem; }
td { white-space: nowrap; } td.text { white-space: normal; min-width: 10rem; }
td small { color: var(--mah-muted); font-size: .85em; }
table.dense td small { display: block; }
figure { margin: 1.6rem 0 2rem; }
.parts { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: flex-start; }
.parts svg { flex: 1 1 19rem; width: 100%; max-width: 40rem; min-width: 0; height: auto; }
.parts.one svg { max-width: 34rem; }
.parts.three svg, .parts.many svg { flex-basis: 15rem; max-width: 22rem; }
.row { display: flex; flex-wrap: wrap; gap: 0 2rem; align-items: flex-start; }
.row figure, .row .scroll { flex: 1 1 19rem; min-width: 0; margin-top: 1.6rem; }
.row figure { flex: 1 1 calc(.8 * var(--width)); max-width: calc(1.4 * var(--width)); }
.row .parts svg, .row .parts.one svg { flex: 1 1 calc(.7 * var(--width)); max-width: none; }
figcaption { font-size: .92rem; margin-top: .5rem; max-width: 46rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--mah-grid);
  font-size: .92rem; }
@media (max-width: 40rem) {
  body { padding: 1.2rem .9rem 3rem; }
  h1 { font-size: 1.5rem; }
  table { font-size: .76rem; } caption { font-size: .85rem; } th { font-size: .68rem; }
  th, td { padding-inline-end: .4rem; }
  td, td.text { white-space: normal; min-width: 0; }
  td small { display: block; font-size: .64rem; white-space: nowrap; }
  .parts { overflow-x: auto; } .parts svg { min-width: min(30rem, calc(.58 * var(--width))); }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .5rem; }
  table.dense, table.dense tbody, table.dense tr, table.dense caption { display: block; }
  table.dense thead { display: none; }
  table.dense tr { padding: .5rem 0; border-bottom: 1px solid var(--mah-grid); }
  table.dense td { display: flex; align-items: baseline; gap: .4rem; border: 0;
    padding: .08rem 0; font-size: .85rem; }
  table.dense td::before { content: attr(data-head); color: var(--mah-muted);
    margin-inline-end: auto; }
  table.dense td small { display: inline; font-size: .78rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  nav, figcaption a { display: none; }
  figure, tr { break-inside: avoid; } h2, h3, p.question { break-after: avoid; }
  .row figure { flex-basis: calc(.6 * var(--width)); }
  footer { margin-top: 1rem; padding-top: .4rem; break-before: avoid; }
  .scroll { overflow: visible; }
}
]]

return colors.css() .. style
