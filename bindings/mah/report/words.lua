--- Words that a page adds to its author's.
return {
  figure = { en = "Figure {number}", fa = "شکل {number}" },
  table = { en = "Table {number}", fa = "جدول {number}" },
  contents = { en = "Contents", fa = "فهرست" },
}
