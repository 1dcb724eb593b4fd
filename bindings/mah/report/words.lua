--- Words that a page adds to its author's.
return {
  figure = { en = "Figure {number}", fa = "شکل {number}" },
  table = { en = "Table {number}", fa = "جدول {number}" },
  contents = { en = "Contents", fa = "فهرست" },
  cut = {
    en = "The first {most} of {rows} {rows|row|rows}; all of them are in `{name}`.",
    fa = "{most} سطر نخست از {rows} سطر؛ همهٔ آن‌ها در `{name}` هستند.",
  },
  footer = {
    en = "Made by Mah {version} on {date} in {time}, on {cpu}, cores: {cores}. Beside this page "
      .. "lie the figures as PNG, for `report.md`, and the data of figures and tables as CSV; "
      .. "`manifest.json` names all files.",
    fa = "ساختهٔ Mah {version} در {date} در {time}، بر روی {cpu}، هسته‌ها: {cores}. در کنار این "
      .. "صفحه شکل‌ها به صورت PNG برای `report.md` هستند و داده‌های شکل‌ها و جدول‌ها به صورت CSV؛ "
      .. "`manifest.json` همهٔ پرونده‌ها را نام می‌برد.",
  },
}
