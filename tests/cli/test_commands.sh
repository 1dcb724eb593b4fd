# The program's own commands but those of sweeps: mah help, examples, classify; and that the man page and
# the completions know every option and command that --help names.
. ./harness.sh

# -- Which command ----------------------------------------------------------------------------------

run "$MAH" exampels
expect "a command with a slip" 1 "" "mah: cannot open exampels: * (did you mean the command examples?)"
run "$MAH" exampels.lua
expect "a script that is not there is no command" 1 "" "mah: cannot open exampels.lua: No such file or directory"
echo 'print("mine", ...)' >help
run "$MAH" ./help results
expect "a file of a command's name" 0 "mine	results" ""
run "$MAH" help results
expect "a command's own help" 0 "usage: mah results *--pareto*" ""

# -- mah help ---------------------------------------------------------------------------------------

run "$MAH" help train
expect "help on a name" 0 "mah.train(net, data*" ""
run "$MAH" -e 'mah.help "train"'
cp .out at_the_prompt
"$MAH" help train >.out
check "is what the prompt shows" cmp -s .out at_the_prompt
run "$MAH" help
expect "without a name" 0 "Type Lua.*The command line: mah --help" ""
run "$MAH" help nosuchnamehere
expect "no help" 1 "" "mah help: There is no help on 'nosuchnamehere'*"
run "$MAH" help one two
expect "two names" 2 "" "usage: mah help *"
run "$MAH" help --help
expect "its own help" 0 "usage: mah help *" ""

# -- mah examples -----------------------------------------------------------------------------------

run "$MAH" examples
expect "examples" 0 "*01_tensor *Tensors in a minute: *20_report *A report of one's own*" ""
check "all of them" [ "$(grep -c '^  [^ ]*[0-9]_' .out)" = "$(find "$ROOT/examples" -name '[0-9]*.lua' | wc -l)" ]
for name in 02 2 02_xor 02_xor.lua xor; do
  "$MAH" examples $name >.out
  check "examples $name prints it" cmp -s .out "$ROOT/examples/02_xor.lua"
done
cat >expected <<'END2'
0 xor 0 = 0
0 xor 1 = 1
1 xor 0 = 1
1 xor 1 = 0
END2
run "$MAH" examples xor --run
expect "--run" 0 "$(cat expected)" ""
run "$MAH" examples sweep --run --list
expect "--run with arguments" 0 '*{"batch_size":80,"lr":1,"seed":10}' ""
run "$MAH" examples xro
expect "no such example" 1 "" "mah examples: there is no example 'xro' (did you mean 'xor'?); *"
run "$MAH" examples xor --nonsense
expect "an unknown option" 2 "" "mah examples: unexpected '--nonsense'*usage: *"
run "$MAH" examples --copy 'my examples'
expect "--copy" 0 "* files in my examples" ""
check "copies all" diff -r "$ROOT/examples" 'my examples'
run "$MAH" examples --copy 'my examples'
expect "and overwrites none" 1 "" "mah examples: 'my examples/*' is there already"
run "$MAH" examples --copy
expect "where to?" 2 "" "mah examples: --copy needs one folder*"
cp "$MAH" alone
run ./alone examples
expect "a program without its files" 1 "" "mah examples: there are none in *"

# -- mah classify -----------------------------------------------------------------------------------

cat >model.lua <<'END2'
local digits = mah.data.digits{n = 2000, test = 10, seed = 1}
local model = mah.MLPClassifier{hidden_layer_sizes = {50}, random_state = 1, max_iter = 10}
model:fit(digits.train.x, digits.train.y):save "model.safetensors"
for i = 1, 3 do mah.image.save(("%d.png"):format(i), 1 - digits.test.x[i]:view(28, 28)) end
print(model:predict(digits.test.x[{{1, 3}}]))
END2
run "$MAH" -l mah model.lua
answers=$(printf '%s' "$out" | sed -n 's/^{\(.*\)}$/\1/p' | tr -d ',')
run "$MAH" classify model.safetensors 1.png 2.png 3.png
check "digits on pictures" [ "$(printf '%s\n' "$out" | sed 's/.*: \([0-9]\) (.*/\1/' | paste -sd' ')" = "$answers" ]
run "$MAH" classify model.safetensors 1.png missing.png
expect "a picture that is not there" 1 "1.png: ? (*%)" "mah: *missing.png*"
run "$MAH" classify --help
expect "its help" 0 "usage: mah classify MODEL*" ""
run "$MAH" classify --nonsense 1.png
expect "an option that it has not" 2 "" "mah classify: unknown option '--nonsense'*"

finish
