# The record: nothing is chosen by test images, it goes on after Ctrl-C, own images of any size.
. ./harness.sh
unset MAH_MNIST
RECORD=$ROOT/scripts/record.lua

record() { run "$MAH" "$RECORD" --preset smoke "$@"; }
same() { for file in "$1"/*.safetensors; do cmp "$file" "$2/$(basename "$file")" || return 1; done; }

# -- Own images: arrays of two channels, pictures ---------------------------------------------------

cat >draw.lua <<'EOF'
local mah = require "mah"
local digits = mah.data.digits { n = 600, test = 120 }
for _, folder in ipairs { "arrays", "shuffled" } do
  mah.file.make_directory(folder)
  for _, part in ipairs { "train", "test" } do
    local set = digits[part]
    local x = set.x:reshape(#set.x, 28, 28):narrow(2, 3, 24):narrow(3, 5, 20)
    local y = set.y
    if folder == "shuffled" and part == "test" then
      y = y:index_select(1, mah.rng(1):permutation(#y))
    end
    mah.save_npy(folder .. "/" .. part .. "_x.npy", mah.stack({ x, 1 - x }, 4))
    mah.save_npy(folder .. "/" .. part .. "_y.npy", y)
  end
end
for _, part in ipairs { "train", "test" } do
  local set = digits[part]
  for i = 1, 120 do
    local class = ("pictures/%s/digit %d"):format(part, set.y[i])
    mah.file.make_directory(class)
    mah.image.save(("%s/%d.png"):format(class, i), set.x[i]:reshape(28, 28):narrow(1, 3, 24))
  end
end
EOF
run "$MAH" draw.lua
expect "synthetic digits as files" 0 "" ""

record --data arrays --out one
expect "arrays of two channels" 0 "data: arrays (arrays), 600 images of 24 x 20 x 2, 10 classes
*
seed 1   the network * validation *.?? %, test *.?? % (*.?? to *.??)
seed 1   mean weights of 6 epochs *
seed 1   the network on 17 copies of each image *
report *
test error of one network: *.?? %" ""
check "its page is there" [ -s one/smoke/index.html ]

record --data pictures --out pictures-out --no-augment
expect "a folder of pictures, without augmentation" 0 \
  "data: pictures (pictures), 120 images of 24 x 28 x 1, 10 classes*of one network: *" ""

# -- No peeking -------------------------------------------------------------------------------------

record --data shuffled --out blind
expect "test images with the wrong labels" 0 "*test error of one network: [6-9]?.?? %" ""
chosen() { sed -n 's/.*\("best_epoch": *[0-9]*\).*/\1/p' "$1"; }
check "choose the same epoch" [ "$(chosen one/smoke/network-1.json)" = "$(chosen blind/smoke/network-1.json)" ]
check "which is one" [ -n "$(chosen one/smoke/network-1.json)" ]
check "and the same weights" same one/smoke blind/smoke

# -- Again, and interrupted -------------------------------------------------------------------------

record --data arrays --out one
expect "what is trained is not trained again" 0 "data: *
seed 1   the network *" ""
for threads in 1 2; do record --data arrays --out "threads $threads" --threads $threads; done
check "threads change nothing" same "threads 1/smoke" "threads 2/smoke"

record --data synthetic --seeds 1,2 --out calm
expect "two seeds" 0 "*2 networks together*of one network: * (2 seeds: * %)" ""
"$MAH" "$RECORD" --preset smoke --data synthetic --seeds 1,2 --out killed >log 2>&1 &
wait_for 30 grep -q "epoch 3 of" log
kill -INT $!
wait $!
check "Ctrl-C ends it" [ $? = 130 ]
check "before the page" [ ! -e killed/smoke/index.html ]
record --data synthetic --seeds 1,2 --out killed
expect "and it goes on" 0 "*seed 1: epoch [4-6] of 6*" ""
check "not from the start" sh -c "! grep -q 'seed 1: epoch [12] of' .out"
check "to the same networks" same calm/smoke killed/smoke

# -- Other images in the same folder ----------------------------------------------------------------

cp -r arrays other
run "$MAH" -e 'mah.save_npy("other/train_y.npy", mah.load_npy("arrays/train_y.npy"):flip(1))'
record --data other --out one
expect "other labels are another training" 0 "*seed 1: epoch 1 of 6*" ""
record --data arrays --out one
expect "and take the place of the first one" 0 "*seed 1: epoch 1 of 6*" ""
check "which is as before" same one/smoke blind/smoke
for class in pictures/t*/digit\ [2-9]; do rm -r "$class"; done
mv "pictures/test/digit 0" aside
record --data pictures --out two
expect "test classes go by their names" 0 "*2 classes*" ""
wrong=$(sed -n 's/^1,the network,.*,//p' two/smoke/table_01.csv)
mkdir "pictures/test/digit 2" && cp aside/* "pictures/test/digit 2"
record --data pictures --out two
expect "one that nobody has learned" 1 "" "mah: the test images have a class 'digit 2', which those to train on have not"
mv pictures/test/digit\ 2 "pictures/test/digit 0"
record --data pictures --out three
expect "pictures that are easy to tell apart" 0 "*2 classes*test error of one network: *" ""
check "of two classes no more are wrong than of one" [ "$wrong" -le "$(sed -n 's/^1,the network,.*,//p' three/smoke/table_01.csv)" ]

# -- Mistakes ---------------------------------------------------------------------------------------

record --seeds 1,x
expect "seeds that are none" 2 "" "mah: --seeds: integers below 2^32 with commas are expected; got '1,x'"
record --seeds 1,1
expect "a seed twice" 2 "" "mah: --seeds: 1 is there twice"
record --preset night --no-augment
expect "a preset that is not there" 2 "" "mah: --no-augment has no preset night"
record --data nowhere
expect "no such folder" 1 "" "mah: *nowhere*"
run "$MAH" -e 'mah.save_npy("arrays/train_x.npy", mah.zeros(60, 784))'
record --data arrays
expect "rows that are no images" 1 "" "mah: 'arrays/train_x.npy': (N, height, width) or *; got (60, 784)"
labels() {
  run "$MAH" -e "local y = mah.load_npy 'other/test_y.npy':double() y[3] = $1 mah.save_npy('arrays/test_y.npy', y)"
  record --data arrays
  expect "a label $1" 1 "" "mah: the test images: *$2"
}
cp other/* arrays
labels 10 "the label 10 is not among 0 ... 9"
labels 1.5 "labels must be 0, 1, 2 ...; there is 1.5"
labels -1 "labels must be 0, 1, 2 ...; there is -1"
rm arrays/test_x.npy
record --data arrays
expect "no test images" 1 "" "mah: there is no 'arrays/test_x.npy'"
rm -r pictures/test
record --data pictures
expect "no folder of test images" 1 "" "mah: there is no 'pictures/test'"
finish
