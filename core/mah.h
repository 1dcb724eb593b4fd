/* mah.h - the whole core in one include. The build runs the C preprocessor over this file (with
 * MAH_CDEF defined) to get the declarations that LuaJIT's ffi.cdef reads, so every header stays in
 * the subset of C that it parses: enums instead of macros, no system includes, no inline code.
 */
#ifndef MAH_H
#define MAH_H

#include "base/status.h"

#include "abi.h"
#include "base/affinity.h"
#include "base/cores.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/simd.h"
#include "base/text.h"

#include "tensor/affine.h"
#include "tensor/arrange.h"
#include "tensor/cat.h"
#include "tensor/close.h"
#include "tensor/convolve.h"
#include "tensor/count.h"
#include "tensor/cumulate.h"
#include "tensor/distribution.h"
#include "tensor/elementwise.h"
#include "tensor/fft.h"
#include "tensor/fill.h"
#include "tensor/index.h"
#include "tensor/linalg.h"
#include "tensor/loop.h"
#include "tensor/pairs.h"
#include "tensor/product.h"
#include "tensor/reduce.h"
#include "tensor/search.h"
#include "tensor/sort.h"
#include "tensor/special.h"
#include "tensor/tensor.h"

#include "data/augment.h"
#include "data/csv.h"
#include "data/digits.h"
#include "data/elements.h"
#include "data/hash.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/npz.h"
#include "data/part.h"
#include "data/resize.h"
#include "data/svmlight.h"
#include "data/table.h"
#include "data/zip_archive.h"

#include "grad/backward.h"
#include "grad/entropy.h"
#include "grad/gate.h"
#include "grad/norm.h"

#include "learn/activate.h"
#include "learn/average.h"
#include "learn/clip.h"
#include "learn/drive/compressed.h"
#include "learn/drive/exchange.h"
#include "learn/max_norm.h"
#include "learn/mlp.h"
#include "learn/stage.h"
#include "learn/step.h"
#include "learn/training.h"
#include "learn/trainings.h"
#include "learn/vector.h"

#include "draw/pixels.h"
#include "draw/png.h"

#include "sweep/worker.h"

#include "cluster/envoy.h"
#include "cluster/mpi.h"

#endif
