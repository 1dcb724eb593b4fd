--- Tensors: the functions of mah.tensor.make, with the methods of what they make.
require "mah.tensor.type"

return require "mah.tensor.make"
