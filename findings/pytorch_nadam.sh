#!/bin/sh
# pytorch_nadam.sh - one NAdam, two first steps: 1.0565 lr with foreach=True, 1.0495 lr without.
#
# Versions:    python3-torch 1.13.1+dfsg-4 (Debian 12, amd64), installed.
# Expectation: torch.optim.NAdam(foreach=True) and the default, foreach=False, are two ways to
#              compute the same steps: those of its documentation and of Dozat's paper, whose first
#              momentum term is divided by 1 - mu_1 mu_2 ... mu_t+1.
# Guess:       a difference of rounding.
# Behaviour:   with foreach=True the steps are those of the formula. Without it the running product,
#              which has mu_t in it by then, is multiplied with mu_t once more, so that the divisor
#              is 1 - mu_1 ... mu_t mu_t mu_t+1: the first step is .7 % shorter. Both come to the
#              same as the product goes to 0, after some fifty steps.
# Output:      see `wanted` below: w after one step and after two, from 0 down the gradient 1, lr 1.
# For users:   give foreach=True, and compare with 1.13's default only after the first steps. Mah's
#              mah.solver.nadam has the formula's steps; its golden numbers are of foreach=True.
set -eu
wanted='documented   -1.0565 -1.8401
foreach=True -1.0565 -1.8401
default      -1.0495 -1.8283'
python3=/usr/bin/python3
"$python3" -c 'import torch; assert torch.__version__.startswith("1.13")' 2>/dev/null ||
  { echo "pytorch_nadam: python3-torch 1.13 is needed" >&2; exit 2; }
found=$("$python3" - <<'PYTHON'
import torch

torch.set_default_dtype(torch.float64)


def steps(**options):
    w = torch.zeros(1, requires_grad=True)
    solver, out = torch.optim.NAdam([w], lr=1.0, eps=1e-12, **options), []
    for _ in range(2):
        w.grad = torch.ones(1)
        solver.step()
        out.append("%.4f" % w.item())
    return " ".join(out)


def formula():
    mu = lambda t: 0.9 * (1 - 0.5 * 0.96 ** (t * 4e-3))
    w, m, v, product, out = 0.0, 0.0, 0.0, 1.0, []
    for t in 1, 2:
        product *= mu(t)
        m, v = 0.9 * m + 0.1, 0.999 * v + 0.001
        step = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) / (1 - product)
        w -= step / (v / (1 - 0.999 ** t)) ** 0.5
        out.append("%.4f" % w)
    return " ".join(out)


print("documented  ", formula())
print("foreach=True", steps(foreach=True))
print("default     ", steps())
PYTHON
)
echo "$found"
[ "$found" = "$wanted" ] || { echo "pytorch_nadam: this has changed" >&2; exit 1; }
