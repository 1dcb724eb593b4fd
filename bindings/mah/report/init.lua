--- Reports: what a page says, and how it is written down as HTML and as Markdown.
return {
  Language = require "mah.report.language",
  Page = require "mah.report.page",
  html = require "mah.report.html",
  markdown = require "mah.report.markdown",
}
