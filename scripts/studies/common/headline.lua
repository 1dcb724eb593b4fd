--- What stands first on the page: the result, a picture of it, which study is judged and with what.
---
---     headline.add(page, report, {counts = counts, own = counts, seconds = seconds})
local mah = require "mah"

local headline = {}

headline.css = [[
p.lead { font-size: 1.25rem; line-height: 1.5; max-width: none; margin: .4rem 0; }
.verdicts { display: flex; height: .9rem; margin: .9rem 0 1.4rem; gap: 2px; max-width: 46rem; }
.verdicts span { border-radius: 2px; }
.verdicts .yes { background: var(--yes); } .verdicts .no { background: var(--no); }
.verdicts .depends { background: var(--depends); }
@media (max-width: 40rem) { p.lead { font-size: 1.1rem; } }
@media print { .verdicts span { print-color-adjust: exact; } }
]]

-- From right to left, whatever stands around it (U+2067 and U+2069).
local TITLE = "\226\129\167آموزش مدل MLP بر روی داده‌های MNIST\226\129\169"

local texts = {
  final = {
    en = "The final model classifies **{right} of {n} test images** correctly: accuracy "
      .. "**{accuracy:4}**, with a 95 % interval from {low:4} to {high:4} (Wilson).",
    fa = "مدل نهایی **{right} تصویر از {n} تصویر آزمون** را درست می‌شناسد: دقت **{accuracy:4}**، "
      .. "با بازهٔ ۹۵٪ از {low:4} تا {high:4} (ویلسون).",
  },
  counts = {
    en = "Of {all} claims of the source **{yes} are reproduced**, {no} are not, and {depends} "
      .. "depend: they hold in part.",
    fa = "از {all} ادعای منبع **{yes} ادعا بازتولید شد**، {no} ادعا بازتولید نشد و {depends} ادعا "
      .. "بستگی دارد: بخشی از آن‌ها درست است.",
  },
  bar = {
    en = "{yes} reproduced, {depends} depend, {no} not reproduced",
    fa = "{yes} بازتولید شد، {depends} بستگی دارد، {no} بازتولید نشد",
  },
  about = {
    en = "The study that is judged, called *the source* here, is a Persian university report, "
      .. "“Training an MLP model on MNIST” ({title}): ten sections with "
      .. "fifteen figures and two tables about scikit-learn's `MLPClassifier`. For this page Mah "
      .. "measured anew what each section measures, {data}, and judged each claim by a rule that "
      .. "stands beside it.",
    fa = "پژوهشی که داوری می‌شود و در این صفحه *منبع* نام دارد، یک گزارش دانشگاهی به زبان فارسی "
      .. "است، «{title}»: ده بخش با پانزده شکل و دو جدول دربارهٔ "
      .. "`MLPClassifier` در scikit-learn. برای این صفحه Mah آنچه را هر بخش می‌سنجد {data} از نو "
      .. "اندازه گرفته و هر ادعا را با معیاری که کنار آن آمده داوری کرده است.",
  },
  on_mnist = {
    en = "on the same data, handwritten digits of 28 x 28 pixels",
    fa = "روی همان داده‌ها، رقم‌های دست‌نویس ۲۸ در ۲۸ پیکسل،",
  },
  on_digits = {
    en = "though not on MNIST but on digits that Mah draws itself",
    fa = "هرچند نه روی MNIST بلکه روی رقم‌هایی که Mah خود می‌کشد",
  },
  synthetic = { en = "digits that Mah draws itself", fa = "رقم‌هایی که Mah خود می‌کشد" },
  data = { en = "Data", fa = "داده‌ها" },
  data_value = {
    en = "{name}: {train} images for training, {test} for testing; studies train on {n}, and "
      .. "choose with {held} others",
    fa = "{name}: {train} تصویر برای آموزش و {test} برای آزمون؛ بررسی‌ها با {n} تصویر آموزش "
      .. "می‌دهند و با {held} تصویر دیگر انتخاب می‌کنند",
  },
  preset = { en = "Preset", fa = "اندازهٔ اجرا" },
  preset_value = {
    en = "`{preset}`: seeds {seeds}, at most {max_iter} iterations, `tol` {tol}",
    fa = "`{preset}`: دانه‌های {seeds}، حداکثر {max_iter} تکرار، `tol` برابر {tol}",
  },
  made = { en = "Made", fa = "ساخته" },
  made_value = {
    en = "{date} by Mah {version}, in {time}; its {count} trainings took {training} in all",
    fa = "{date} با Mah {version} در {time}؛ {count} آموزش آن روی هم {training} زمان برد",
  },
  machine = { en = "Machine", fa = "رایانه" },
  machine_value = { en = "{cpu}, cores: {cores}", fa = "{cpu}، هسته‌ها: {cores}" },
  spread = {
    en = "Numbers below are means over the seeds; behind ± stands one standard deviation.",
    fa = "عددهای زیر میانگین روی دانه‌ها هستند و پس از ± یک انحراف معیار آمده است.",
  },
}

-- -- The result -----------------------------------------------------------------------------------

--- The verdicts as one bar, for those who see it; the sentence above says the same.
local function add_bar(page, counts)
  local label = page.language:say(texts.bar, counts)
  page:add {
    html = function()
      local out = { ('<div class="verdicts" role="img" aria-label="%s">'):format(
        mah.report.html.escape(label)) }
      for _, class in ipairs { "yes", "depends", "no" } do
        if counts[class] > 0 then
          out[#out + 1] = ('<span class="%s" style="flex: %d"></span>'):format(class, counts[class])
        end
      end
      return table.concat(out) .. "</div>"
    end,
    markdown = function() return label end,
  }
end

--- report.final: what the final model came to, if it is among the studies.
local function add_result(page, report, counts)
  local final = report.final
  if final then page:text(texts.final, final, "lead") end
  if counts.all > 0 then
    page:text(texts.counts, counts, "lead")
    add_bar(page, counts)
  end
  if final then page:figure(final.figure) end
end

-- -- What was done --------------------------------------------------------------------------------

--- How many trainings the report looks at, and the seconds they took.
local function trainings(report)
  local count, seconds = 0, 0
  for _, study in ipairs(report.studies) do
    for _, row in ipairs(study.rows) do
      if row.result then count, seconds = count + 1, seconds + row.result.seconds end
    end
  end
  return count, seconds
end

local function facts_of(report, seconds)
  local settings, data, language = report.settings, report.data, report.language
  local held = math.min(settings.validation, math.floor(#data.train.x / 3))
  local machine, count, training = mah.machine(), trainings(report)
  return {
    { texts.data, texts.data_value, values = {
      name = report:is_mnist() and "MNIST" or texts.synthetic, train = #data.train.x,
      test = #data.test.x, held = held, n = math.min(settings.n, #data.train.x - held),
    } },
    { texts.preset, texts.preset_value, values = {
      preset = report.preset, seeds = settings.seeds, max_iter = settings.max_iter,
      tol = settings.tol,
    } },
    { texts.made, texts.made_value, values = { date = language:date(), version = mah.version,
      time = language:duration(seconds), count = count, training = language:duration(training) } },
    { texts.machine, texts.machine_value, values = machine },
  }
end

--- counts: of the verdicts on the source's claims.
---@param page table
---@param report table
---@param o {counts: table, seconds: number}
function headline.add(page, report, o)
  add_result(page, report, o.counts)
  page:text(texts.about, { title = TITLE,
    data = report:is_mnist() and texts.on_mnist or texts.on_digits })
  page:facts(facts_of(report, o.seconds))
  page:text(texts.spread, nil, "note")
end

--- The result in a line or two, for the terminal.
---@param report table
---@param counts table
---@return string
function headline.said(report, counts)
  local lines, language, final = {}, mah.report.Language.of "en", report.final
  if final then
    lines[1] = language:say("final model: {right} of {n} test images, accuracy {accuracy:4} (95 % "
      .. "interval {low:4} to {high:4})", final)
  end
  if counts.all > 0 then
    lines[#lines + 1] = language:say("claims: {yes} of {all} reproduced, {no} not reproduced, "
      .. "{depends} depend", counts)
  end
  return table.concat(lines, "\n")
end

return headline
