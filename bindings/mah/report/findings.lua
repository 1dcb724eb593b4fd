--- What reports say of models: the checks' findings, names of measures, captions.
local findings = {}

--- Kind -> the name of what was looked for.
findings.names = {
  overfitting = { en = "overfitting", fa = "بیش‌برازش" },
  underfitting = { en = "underfitting", fa = "کم‌برازش" },
  no_skill = { en = "no better than a constant", fa = "بهتر نبودن از یک مقدار ثابت" },
  rare = { en = "rare classes", fa = "کلاس‌های کم‌نمونه" },
  small_test = { en = "too few test rows", fa = "کم بودن سطرهای آزمون" },
  dead_units = { en = "dead units", fa = "واحدهای مرده" },
  unscaled = { en = "inputs that are not scaled", fa = "ورودی‌های مقیاس‌نشده" },
  still_falling = { en = "a loss that still fell", fa = "خطایی که هنوز کم می‌شد" },
  turned = { en = "a validation loss that rose", fa = "بالا رفتن خطای اعتبارسنجی" },
}

findings.texts = {
  overfitting = {
    en = "**Overfitting.** The {measure} is {train:3} on the training rows and {test:3} on the "
      .. "test rows, which is more than chance. More rows, `alpha`, `dropout` or "
      .. "`early_stopping` may help.",
    fa = "**بیش‌برازش.** {measure} روی سطرهای آموزش {train:3} و روی سطرهای آزمون {test:3} است و "
      .. "این اختلاف از تصادف بیشتر است. سطرهای بیشتر، `alpha`، `dropout` یا `early_stopping` "
      .. "شاید کمک کند.",
  },
  underfitting = {
    en = "**Underfitting.** R² is {train:3} on the training rows themselves. More epochs, a larger "
      .. "learning rate or network, or other inputs may help.",
    fa = "**کم‌برازش.** R² روی خود سطرهای آموزش {train:3} است. دورهای بیشتر، نرخ یادگیری یا شبکهٔ "
      .. "بزرگ‌تر، یا ورودی‌های دیگر شاید کمک کند.",
  },
  underfitting_class = {
    en = "**Underfitting.** Of the training rows themselves {train:%1} are right, and always "
      .. "saying `{class}` gives {share:%1}. More epochs, a larger learning rate or network, or "
      .. "other inputs may help.",
    fa = "**کم‌برازش.** از خود سطرهای آموزش {train:%1} درست است و پاسخ همیشگی `{class}` هم "
      .. "{share:%1} می‌دهد. دورهای بیشتر، نرخ یادگیری یا شبکهٔ بزرگ‌تر، یا ورودی‌های دیگر شاید "
      .. "کمک کند.",
  },
  no_skill = {
    en = "**No better than a constant.** R² on the test rows is {test:3}, and its interval reaches "
      .. "down to {low:3}: saying the mean of all would do as well.",
    fa = "**بهتر نبودن از یک مقدار ثابت.** R² روی سطرهای آزمون {test:3} است و بازهٔ آن تا {low:3} "
      .. "پایین می‌رود: میانگین هم به همین خوبی است.",
  },
  no_skill_class = {
    en = "**No better than a constant.** Of the test rows {test:%1} are right; always saying "
      .. "`{class}` gives {share:%1}, which is within the interval or better.",
    fa = "**بهتر نبودن از یک مقدار ثابت.** از سطرهای آزمون {test:%1} درست است؛ پاسخ همیشگی "
      .. "`{class}` هم {share:%1} می‌دهد که در همین بازه یا بهتر است.",
  },
  rare = {
    en = "**Rare classes.** Fewer than {few} rows for training or test (training + test): {which}. "
      .. "What is said of them hangs on single rows.",
    fa = "**کلاس‌های کم‌نمونه.** کمتر از {few} سطر برای آموزش یا آزمون (آموزش + آزمون): {which}. "
      .. "آنچه دربارهٔ این‌ها گفته می‌شود به تک‌تک سطرها وابسته است.",
  },
  small_test = {
    en = "**Too few test rows.** {n} {n|row says|rows say} little of errors; the intervals "
      .. "above are rough.",
    fa = "**کم بودن سطرهای آزمون.** {n} سطر چیز زیادی از خطاها نمی‌گوید؛ بازه‌های بالا تقریبی‌اند.",
  },
  small_test_class = {
    en = "**Too few test rows.** With {n} {n|row|rows} the accuracy is known to ±{half:%1} "
      .. "only; about {needed} would tell it to ±2%.",
    fa = "**کم بودن سطرهای آزمون.** با {n} سطر دقت تنها تا ±{half:%1} معلوم است؛ حدود {needed} سطر "
      .. "آن را تا ±۲٪ معلوم می‌کند.",
  },
  dead_units = {
    en = "**Dead units.** {dead} of {all} hidden {all|unit|units} ({layers}, layer by layer) "
      .. "{dead|says|say} the same of all {rows} rows that were looked at. A smaller "
      .. "learning rate, scaled inputs or `leaky_relu` may help.",
    fa = "**واحدهای مرده.** {dead} واحد از {all} واحد پنهان ({layers}، لایه به لایه) دربارهٔ هر "
      .. "{rows} سطری که دیده شد یک چیز می‌گویند. نرخ یادگیری کوچک‌تر، ورودی‌های مقیاس‌شده یا "
      .. "`leaky_relu` شاید کمک کند.",
  },
  unscaled = {
    en = "**Inputs that are not scaled.** {count} of {all} {all|column|columns} "
      .. "{count|reaches|reach} the network with large values; column {column} has "
      .. "mean {mean} and deviation {deviation}. "
      .. "`mah.preprocessing.StandardScaler` before it may help.",
    fa = "**ورودی‌های مقیاس‌نشده.** {count} ستون از {all} ستون با مقدارهای بزرگ به شبکه می‌رسند؛ "
      .. "ستون {column} میانگین {mean} و انحراف {deviation} دارد. "
      .. "`mah.preprocessing.StandardScaler` پیش از آن شاید کمک کند.",
  },
  still_falling = {
    en = "**A loss that still fell.** The training ended at its limit of {epochs} "
      .. "{epochs|epoch|epochs}, and the loss fell by {share:%1} within the last {width}. "
      .. "A larger `max_iter` may help.",
    fa = "**خطایی که هنوز کم می‌شد.** آموزش در حد خود، {epochs} دور، پایان یافت و خطا در {width} "
      .. "دور آخر {share:%1} کم شد. `max_iter` بزرگ‌تر شاید کمک کند.",
  },
  turned = {
    en = "**A validation loss that rose.** It was lowest, {low:4}, after epoch {epoch}, and is "
      .. "{last:4} after epoch {epochs}. `early_stopping` may help.",
    fa = "**بالا رفتن خطای اعتبارسنجی.** کمترین آن، {low:4}، پس از دور {epoch} بود و پس از دور "
      .. "{epochs} به {last:4} رسیده است. `early_stopping` شاید کمک کند.",
  },
  passed = { en = "Looked for and not found: {list}.", fa = "به دنبالشان گشتیم و نبود: {list}." },
}

--- Names of measures, and of the columns of tables.
findings.measures = {
  accuracy = { en = "accuracy", fa = "دقت" },
  balanced = { en = "balanced accuracy", fa = "دقت متوازن" },
  f1 = { en = "F1, mean of the classes", fa = "F1، میانگین کلاس‌ها" },
  roc_auc = { en = "area under the ROC curve", fa = "سطح زیر منحنی ROC" },
  log_loss = { en = "log loss", fa = "خطای لگاریتمی" },
  r2 = { en = "R²", fa = "R²" },
  rmse = { en = "root mean squared error", fa = "ریشهٔ میانگین مربع خطا" },
  mae = { en = "mean absolute error", fa = "میانگین قدر مطلق خطا" },
}

findings.columns = {
  measure = { en = "measure", fa = "معیار" },
  train = { en = "training", fa = "آموزش" },
  test = { en = "test", fa = "آزمون" },
  low = { en = "from", fa = "از" },
  high = { en = "to", fa = "تا" },
  class = { en = "class", fa = "کلاس" },
  precision = { en = "precision", fa = "صحت" },
  recall = { en = "recall", fa = "بازیابی" },
  f1 = { en = "F1", fa = "F1" },
  support = { en = "test rows", fa = "سطرهای آزمون" },
  epoch = { en = "epoch", fa = "دور" },
  loss = { en = "loss", fa = "خطا" },
  validation = { en = "validation", fa = "اعتبارسنجی" },
}

findings.captions = {
  scores = {
    en = "How good it is, with 95 % intervals for the {n} test {n|row|rows}: Wilson's of "
      .. "accuracy, Hanley and McNeil's of the area, of 400 resamples of the others.",
    fa = "خوبی مدل، با بازه‌های ۹۵٪ برای {n} سطر آزمون: بازهٔ Wilson برای دقت، Hanley و McNeil "
      .. "برای سطح، و ۴۰۰ بازنمونه‌گیری برای بقیه.",
  },
  scores_many = {
    en = "How good it is, with 95 % intervals for the {n} test {n|row|rows}: Wilson's of "
      .. "accuracy, of 400 resamples of the others.",
    fa = "خوبی مدل، با بازه‌های ۹۵٪ برای {n} سطر آزمون: بازهٔ Wilson برای دقت و ۴۰۰ بازنمونه‌گیری "
      .. "برای بقیه.",
  },
  scores_numbers = {
    en = "How good it is, with 95 % intervals for the {n} test {n|row|rows}, of 400 resamples.",
    fa = "خوبی مدل، با بازه‌های ۹۵٪ برای {n} سطر آزمون، از ۴۰۰ بازنمونه‌گیری.",
  },
  classes = { en = "Class by class, on the test rows.", fa = "کلاس به کلاس، روی سطرهای آزمون." },
  curves = { en = "The loss, epoch by epoch.", fa = "خطا، دور به دور." },
  confusion = { en = "What was taken for what.", fa = "چه با چه اشتباه شد." },
  calibration = {
    en = "How often what was said with a probability came true.",
    fa = "آنچه با یک احتمال گفته شد چند بار درست بود.",
  },
  roc = {
    en = "True against false positives, and how often what was said with a probability came true.",
    fa = "مثبت‌های درست در برابر کاذب، و این که آنچه با یک احتمال گفته شد چند بار درست بود.",
  },
  residuals = {
    en = "Predictions beside the truth, and what they miss.",
    fa = "پیش‌بینی‌ها در کنار مقدار واقعی، و آنچه کم دارند.",
  },
  importance = {
    en = "How much the score of the test rows falls when a column is shuffled (mean of {repeats} "
      .. "{repeats|shuffle|shuffles}).",
    fa = "امتیاز سطرهای آزمون با بُر زدن هر ستون چقدر کم می‌شود (میانگین {repeats} بار).",
  },
}

findings.model = { en = "Model", fa = "مدل" }
findings.checked = { en = "What a colleague would ask", fa = "پرسش‌های یک همکار" }

return findings
