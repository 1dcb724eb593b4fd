--- A folder of pictures, one folder a class, as data: digits are drawn and written as PNG files,
--- read back at half their size, and learnt. Photos go the same way.
---
--- Output:
---   800 pictures of 14 x 14, classes 0 1 2 3 4 5 6 7 8 9
---   test accuracy ~0.76
---   wrote out/images.png
local mah = require "mah"

local folder = os.tmpname()
os.remove(folder)
local drawn = mah.data.digits { n = 800, seed = 1, test = 0 }
for i = 1, #drawn.train.x do
  local class = ("%s/%d"):format(folder, drawn.train.y[i])
  mah.file.make_directory(class)
  mah.image.save(("%s/%d.png"):format(class, i), drawn.train.x[i]:view(28, 28))
end

local set = mah.data.images(folder, { size = 14, grey = true, method = "area" })
print(("%d pictures of %d x %d, classes %s"):format(#set.x, set.height, set.width,
  table.concat(set.class_names, " ")))
os.execute(("rm -r '%s'"):format(folder))

local train, test = mah.data.split(set, 0.25, { rng = 1, stratified = true })
local clf = mah.MLPClassifier { hidden_layer_sizes = { 100 }, learning_rate_init = 0.01,
  random_state = 1 }
clf:fit(train.x, train.y)
print(("test accuracy %.2f"):format(clf:score(test.x, test.y)))

mah.file.make_directory "out"
mah.image.digits(test.x, { rows = 4, columns = 10, labels = test.y,
  predicted = clf:predict(test.x) }):save "out/images.png"
print "wrote out/images.png"
