--- How much the report does.
---
---   n, validation   training images of a study, and those after them that choices are made with
---   test            test images
---   seeds           every setting is tried with each of them
---   max_iter, tol   of every trial, unless the study sets its own
---   final           the same for the final model
return {
  smoke = {
    n = 300, validation = 150, test = 200, seeds = { 1, 2 }, max_iter = 6, tol = 1e-2,
    final = { n = 1500, max_iter = 12, seeds = { 1 } }, timeout = 120,
  },
  quick = {
    n = 8000, validation = 4000, test = 10000, seeds = { 1, 2, 3 }, max_iter = 80, tol = 1e-3,
    final = { n = 60000, max_iter = 30, seeds = { 1 } }, timeout = 600,
  },
  full = {
    n = 50000, validation = 10000, test = 10000, seeds = { 1, 2, 3 }, max_iter = 200, tol = 1e-4,
    final = { n = 60000, max_iter = 200, seeds = { 1, 2, 3 } }, timeout = 3600,
  },
}
