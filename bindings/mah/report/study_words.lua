--- What reports say of studies, and of two models side by side.
return {
  counts = {
    en = "{all} {all|trial|trials}: {done} finished, {failed} failed, {pruned} stopped early, "
      .. "{other} {other|other|others}.",
    fa = "{all} آزمون: {done} به پایان رسید، {failed} ناموفق بود، {pruned} زودتر متوقف شد و "
      .. "{other} وضعیت دیگری دارد.",
  },
  trial = { en = "trial", fa = "آزمون" },
  trials = { en = "trials", fa = "آزمون‌ها" },
  best_so_far = { en = "best so far", fa = "بهترین تا اینجا" },
  history = { en = "`{name}`, trial by trial.", fa = "`{name}`، آزمون به آزمون." },
  parameters = {
    en = "Parameters that vary, against `{name}`; a point is a trial.",
    fa = "پارامترهایی که تغییر می‌کنند، در برابر `{name}`؛ هر نقطه یک آزمون است.",
  },
  importances = {
    en = "How much of the variance of `{name}` over the space each parameter explains (functional "
      .. "ANOVA).",
    fa = "هر پارامتر چه سهمی از واریانس `{name}` را در فضا توضیح می‌دهد (functional ANOVA).",
  },
  share = { en = "share of the variance", fa = "سهم از واریانس" },
  no_importances = {
    en = "The importances of the parameters are left out: {why}.",
    fa = "اهمیت پارامترها کنار گذاشته شد: {why}.",
  },
  best = { en = "The best {n} by `{name}`.", fa = "{n} آزمون بهتر از نظر `{name}`." },
  failures = { en = "Why trials failed.", fa = "چرا آزمون‌ها ناموفق بودند." },
  why = { en = "message", fa = "پیام" },
  count = { en = "trials", fa = "آزمون‌ها" },
  first = { en = "first", fa = "نخستین" },
  all = { en = "All trials.", fa = "همهٔ آزمون‌ها." },
  comparison = { en = "Comparison", fa = "مقایسه" },
  side = {
    en = "Two models on the same {n} {n|row|rows}, with 95 % intervals.",
    fa = "دو مدل روی همان {n} سطر، با بازه‌های ۹۵٪.",
  },
  mcnemar = {
    en = "{a} alone has {only_a} {only_a|row|rows} right, {b} alone {only_b} (McNemar's "
      .. "test, p {p}): {verdict}",
    fa = "تنها {a} در {only_a} سطر درست است و تنها {b} در {only_b} سطر (آزمون McNemar، p {p}): "
      .. "{verdict}",
  },
  paired = {
    en = "The absolute errors differ by {mean} on average (paired t-test, p {p}): {verdict}",
    fa = "قدر مطلق خطاها به طور میانگین {mean} اختلاف دارد (آزمون t جفتی، p {p}): {verdict}",
  },
  better = {
    en = "**{better} is better, by more than chance.**",
    fa = "**{better} بهتر است، بیش از تصادف.**",
  },
  chance = {
    en = "**the difference may be chance.**",
    fa = "**این اختلاف شاید تصادفی باشد.**",
  },
}
