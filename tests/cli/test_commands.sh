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
for name in tutorial/03 tutorial/3 tutorial/own_data tutorial/03_own_data.lua; do
  "$MAH" examples $name >.out
  check "examples $name prints it" cmp -s .out "$ROOT/examples/tutorial/03_own_data.lua"
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
for name in first_session first_session.txt; do
  "$MAH" examples $name >.out
  check "examples $name prints it" cmp -s .out "$ROOT/examples/first_session.txt"
done
run "$MAH" examples
expect "it is listed" 0 "  first_session *A first session.*01_tensors *" ""
run "$MAH" examples first_session --run
expect "and is no script" 1 "" "mah examples: first_session is to be typed at the prompt, *"
run "$MAH" examples frist_session
expect "a slip in its name" 1 "" "mah examples: *(did you mean 'first_session'?); *"
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
mah.Pipeline{mah.preprocessing.MinMaxScaler{}, model}:fit(digits.train.x, digits.train.y)
  :save "pipeline.safetensors"
mah.mlp{784, {10, "softmax"}}:save "network.safetensors"
END2
run "$MAH" -l mah model.lua
answers=$(printf '%s' "$out" | sed -n 's/^{\(.*\)}$/\1/p' | tr -d ',')
run "$MAH" classify model.safetensors 1.png 2.png 3.png
check "digits on pictures" [ "$(printf '%s\n' "$out" | sed 's/.*: \([0-9]\) (.*/\1/' | paste -sd' ')" = "$answers" ]
run "$MAH" classify model.safetensors 1.png missing.png
expect "a picture that is not there" 1 "1.png: ? (*%)" "mah: *missing.png*"
run "$MAH" classify pipeline.safetensors 1.png
expect "a pipeline" 0 "1.png: ? (*%)" ""
run "$MAH" classify network.safetensors 1.png
expect "a network" 1 "" "mah: network.safetensors: not a classifier of images of 28 x 28 pixels"
run "$MAH" classify --help
expect "its help" 0 "usage: mah classify MODEL*" ""
run "$MAH" classify --nonsense 1.png
expect "an option that it has not" 2 "" "mah classify: unknown option '--nonsense'*"

# -- The help, the man page and the completions name the same ---------------------------------------

# options COMMAND: those of its help, or of mah's.
options() { "$MAH" ${1:-} --help | sed -n 's/^ *\(-.*\)/\1/p' | sed 's/  .*//' | grep -oE -- '--?[A-Za-z][A-Za-z-]*'; }
commands=$("$MAH" --help | sed -n '/^commands/,/^options/s/^  \([a-z]*\) .*/\1/p')
check "the help has commands" [ "$(printf '%s\n' $commands | wc -l)" -ge 6 ]
check "and options" [ "$(options | wc -l)" -ge 10 ]

sed 's/\\-/-/g' "$ROOT/scripts/package/mah.1.in" >manual
lacks=
for word in $(options); do grep -qE -- "(^|[^-A-Za-z])$word([^-A-Za-z]|\$)" manual || lacks="$lacks $word"; done
for command in $commands; do
  sed -n "/^.SS \"mah $command/,/^.S[HS] /p" manual >section
  [ -s section ] || lacks="$lacks $command"
  for word in $(options $command | grep -v '^--help$'); do
    grep -qE -- "(^|[^-A-Za-z])$word([^-A-Za-z]|\$)" section || lacks="$lacks $command:$word"
  done
done
check "the man page lacks:$lacks" [ -z "$lacks" ]
if command -v mandoc >/dev/null; then
  sed 's/@[A-Z_]*@/1/' "$ROOT/scripts/package/mah.1.in" >mah.1
  run mandoc -T lint mah.1
  expect "mandoc finds nothing to say of it" 0 "" ""
else
  skip "there is no mandoc: the man page's form"
fi

# What a shell offers at the end of a line, one a line: in bash, zsh and fish, `mah` being a function.
COMPLETIONS=$ROOT/scripts/package/completions
in_bash() {
  bash -c 'mah() { "$MAH" "$@"; }; source "$1/mah.bash"
    COMP_LINE=$2 COMP_POINT=${#2}; _mah mah; printf "%s\n" "${COMPREPLY[@]}"' - "$COMPLETIONS" "$1"
}
in_zsh() {
  zsh -f -c 'mah() { "$MAH" "$@" }; _files() { [[ $1 == -/ ]] && print -l *(/N) || print -l *(N) }
    _describe() { print -l -- ${(P)2} }; words=(${(z)2}); [[ $2 == *" " ]] && words+=("")
    CURRENT=$#words PREFIX=$words[-1]; source $1/_mah' - "$COMPLETIONS" "$1" | sed 's/:.*//'
}
in_fish() {
  fish --no-config -c 'function mah; $MAH $argv; end; source $argv[1]/mah.fish; complete -C $argv[2]' \
    "$COMPLETIONS" "$1" | sed 's/\t.*//'
}
# offers SHELL LINE: does it have all of the words on standard input? Says which not.
offers() {
  in_$1 "$2" >offered
  grep -vxF -f offered | sed 's/--color$/&=/' | grep -vxF -f offered >lacking
  [ -s lacking ] || return 0
  echo "  $1 does not offer behind '$2':" $(cat lacking)
  return 1
}
mkdir shells && cd shells && mkdir 'a folder' && touch a.lua 'b c.lua' d.db
"$MAH" -e 'for _, name in ipairs{"one", "t w o"} do mah.sweep{name = name, store = "e.db", code = "1",
  grid = {a = {1}}, trial = function() return {b = 1} end}:run{jobs = 1} end' 2>/dev/null >/dev/null
for shell in bash zsh fish; do
  if ! command -v $shell >/dev/null; then
    skip "there is no $shell: its completion"
    continue
  fi
  printf '%s\n' $commands >wanted
  check "$shell: commands" offers $shell "mah " <wanted
  options >wanted
  check "$shell: options" offers $shell "mah -" <wanted
  for command in $commands; do
    options $command | grep '^--' >wanted
    check "$shell: options of $command" offers $shell "mah $command --" <wanted
  done
  printf 'max\nmin\n' >wanted
  check "$shell: values" offers $shell "mah results e.db --goal " <wanted
  echo a.lua >wanted
  check "$shell: scripts" offers $shell "mah -i a" <wanted
  printf 'd.db\ne.db\n' >wanted
  check "$shell: files" offers $shell "mah watch " <wanted
  echo one >wanted
  check "$shell: studies" offers $shell "mah results e.db o" <wanted
  printf 'tanh\ntrain\n' >wanted
  check "$shell: names" offers $shell "mah help t" <wanted
  echo 02_xor >wanted
  check "$shell: examples" offers $shell "mah examples " <wanted
  in_$shell "mah results e.db --n" >offered
  check "$shell: nothing that is not there" [ -z "$(cat offered)" ]
done
in_bash "mah --color=a" >offered
check "bash: behind a =" [ "$(paste -sd' ' offered)" = "always auto" ]
in_bash 'mah b\ ' >offered
check "bash: names with blanks" [ "$(cat offered)" = 'b\ c.lua' ]
in_bash "mah results e.db t" >offered
check "bash: studies with blanks" [ "$(cat offered)" = 't\ w\ o' ]
in_bash "mah --doc a" >offered
check "bash: folders" [ "$(cat offered)" = 'a\ folder/' ]
cd ..

finish
