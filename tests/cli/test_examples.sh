# examples.lua, which runs the examples, must see what is wrong with one.
MNIST=${MAH_MNIST:-}
. ./harness.sh

mkdir 'some examples'
example() { cat >"some examples/1_it.lua"; run "$MAH" "$ROOT/tests/cli/examples.lua" "$MAH" 'some examples'; }

example <<'END'
-- It prints.
-- Output:
--   two  words
--
--     indented and tabbed
--   loss ~2.0 in ... s, 5% [x]
--   ...
--   end
print "two words\n\n  indented\tand\ttabbed  "
print "loss 2.19 in 0.123 s, 5% [x]"
print "any\nlines"
print "end"
END
expect "what matches" 0 "ok - some examples/1_it.lua
1 passed, 0 failed" ""

example <<'END'
-- Output:
--   ~1e-3
--   ~-20.
--   ...
print "0.00109\n-18.5"
END
expect "numbers that are near" 0 "*1 passed, 0 failed" ""

example <<'END'
-- Output:
--   loss ~2.0
print "loss 2.3"
END
expect "a number that is not near" 1 "not ok - *line 1 *loss 2.3*0 passed, 1 failed" ""

example <<'END'
-- Output:
--   loss ~2.0
print "loss nan"
END
expect "no number" 1 "not ok - *0 passed, 1 failed" ""

example <<'END'
-- Output:
--   one
print "one\ntwo"
END
expect "a line too many" 1 "not ok - *line 2 *0 passed, 1 failed" ""

example <<'END'
-- Output:
--   one
--   ...
--   two
print "one"
END
expect "a line too few" 1 "not ok - *line 2 *0 passed, 1 failed" ""

example <<'END'
-- Output:
--   a.c
print "abc"
END
expect "text is no pattern" 1 "not ok - *0 passed, 1 failed" ""

example <<'END'
-- Output:
--   one
print "one"
error "late"
END
expect "a failing example" 1 "not ok - *exit status 1*late*0 passed, 1 failed" ""

example <<'END'
print(1)
END
expect "no output block" 1 "not ok - *no block*0 passed, 1 failed" ""

MAH_MNIST=/somewhere example <<'END'
-- Output:
--   nil
print(os.getenv "MAH_MNIST")
END
expect "MNIST is hidden from examples" 0 "ok - *1 passed, 0 failed" ""

unset MAH_MNIST
example <<'END'
-- Needs MNIST.
-- Output:
--   one
END
expect "an example that needs MNIST, without it" 0 "SKIPPED - *0 passed, 0 failed, 1 skipped" ""
MAH_MNIST=/somewhere example <<'END'
-- Needs MNIST.
-- Output:
--   /somewhere
print(os.getenv "MAH_MNIST")
END
expect "an example that needs MNIST, with it" 0 "ok - *1 passed, 0 failed" ""

# -- Networks of one's own ----------------------------------------------------------------------------

MEMORY=$ROOT/tests/bench/steady_memory.lua EXAMPLES=$ROOT/examples
run "$MAH" "$MEMORY" 120 "$EXAMPLES/16_residual.lua" "$EXAMPLES/17_quantiles.lua" "$EXAMPLES/18_autoencoder.lua"
expect "their steps take no more and more memory" 0 "16_residual, mah.train: * steps, *18_autoencoder, *" "*"
cat >leaks.lua <<'END'
local mah = require "mah"
local kept = {}
local step = mah.value_and_grad(function(p) kept[#kept + 1] = mah.zeros(100) return (p * p):sum() end)
step(mah.ones(3))
END
run "$MAH" "$MEMORY" 120 leaks.lua
expect "one that takes more and more is seen" 1 "leaks, mah.value_and_grad: 120 steps, *" ""
if [ -n "$MNIST" ]; then
  MAH_MNIST=$MNIST timeout -k 5 240 "$MAH" "$EXAMPLES/16_residual.lua" >learnt 2>/dev/null
  check "thirty residual layers learn MNIST" awk '/^residual/ { good = $NF > 0.96 } END { exit !good }' learnt
  check "thirty plain ones do not" awk '/^plain/ { bad = $NF < 0.25 } END { exit !bad }' learnt
fi

finish
