--- Words that a page adds to its author's.
return {
  figure = { en = "Figure {number}", fa = "شکل {number}" },
  table = { en = "Table {number}", fa = "جدول {number}" },
  contents = { en = "Contents", fa = "فهرست" },
  cut = {
    en = "The first {most} of {rows} rows; all of them are in `{name}`.",
    fa = "{most} سطر نخست از {rows} سطر؛ همهٔ آن‌ها در `{name}` هستند.",
  },
  footer = {
    en = "Made by Mah {version} on {date} in {seconds:0} s, on {cpu}. The figures lie beside this "
      .. "page as PNG, the tables as CSV; `manifest.json` names all files.",
    fa = "ساختهٔ Mah {version} در {date} در {seconds:0} ثانیه، بر روی {cpu}. شکل‌ها در کنار این "
      .. "صفحه به صورت PNG هستند و جدول‌ها به صورت CSV؛ `manifest.json` همهٔ پرونده‌ها را نام "
      .. "می‌برد.",
  },
}
