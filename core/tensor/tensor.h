/* tensor.h - n-dimensional arrays: shared storage and strided views.
 *
 * A mah_tensor is a small value: a pointer to its first element, an extent and a step (in elements)
 * for each dimension, and a counted reference to the storage that it looks at. Views share the
 * storage; the last one to be released frees it. Dimensions and positions count from 0 here; the
 * Lua side counts from 1.
 *
 * Functions that make a tensor write it to `out`, which must hold no tensor (zeroed, or released).
 * All of them check their arguments, a released tensor included.
 *
 * Lua's tensors have room for a few elements behind them, and offer it: `data` of an `out` without
 * a tensor points there. A new tensor whose elements fit lives in its `room` then, and needs no
 * release; views of it do not keep it alive. Lua gives it a storage (mah_tensor_settle) before it
 * makes any.
 */
#ifndef MAH_TENSOR_H
#define MAH_TENSOR_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stddef.h>
#include <stdint.h>
#define MAH_READONLY
#else
#define MAH_READONLY const /* Lua may look at the fields, and cannot write them */
#endif

enum { MAH_MAX_DIMS = 8 };
enum { MAH_TENSOR_ROOM = 128 }; /* bytes behind Lua's tensors: 16 elements of any dtype */

/* a dtype is one of these */
enum {
  MAH_FLOAT32,
  MAH_FLOAT64,
  MAH_INT32,
  MAH_UINT8,
  MAH_INT64,
  MAH_BOOL,     /* a byte: 0 or 1 */
  MAH_FLOAT16,  /* this one and the next are stored and converted; arithmetic is float32's */
  MAH_BFLOAT16, /* the upper half of a float32 */
  MAH_DTYPES
};

typedef struct mah_storage mah_storage;

typedef struct mah_tensor {
  void *MAH_READONLY data;         /* the first element */
  mah_storage *MAH_READONLY store; /* NULL: released, or never made */
  MAH_READONLY int32_t elem;       /* MAH_FLOAT32 ... */
  MAH_READONLY int32_t ndim;       /* 0 ... MAH_MAX_DIMS; a scalar has none */
  MAH_READONLY int64_t extent[MAH_MAX_DIMS];
  MAH_READONLY int64_t step[MAH_MAX_DIMS]; /* in elements; 0 where a dimension was expanded */
#ifdef MAH_CDEF
  char room[MAH_TENSOR_ROOM];
#endif
} mah_tensor;

const char *mah_dtype_name(int32_t dtype); /* "float32" ... or "unknown" */
int64_t mah_dtype_size(int32_t dtype);     /* bytes of one element */
int mah_dtype_is_integer(int32_t dtype);   /* or bool */
int mah_dtype_is_half(int32_t dtype);      /* float16 or bfloat16 */

/* A float16's or bfloat16's bits as a number, and the nearest one's bits. */
double mah_half_value(int32_t dtype, uint32_t bits);
uint32_t mah_half_bits(int32_t dtype, double value);

/* -- Making ------------------------------------------------------------------------------------ */

/* Row major. Not initialised / zeroed. */
mah_status mah_tensor_new(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent);
mah_status mah_tensor_zeros(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent);
/* A row-major tensor over memory of someone else, which must outlive it and all its views. */
mah_status mah_tensor_borrow(mah_tensor *out, void *data, int32_t dtype, int32_t ndim,
                             const int64_t *extent);
#ifndef MAH_CDEF
void mah_tensor_release(mah_tensor *t_); /* takes NULL and what is released already */
#else /* in Lua only the ledger may, see bindings/mah/tensor/ledger.lua */
void mah_tensor_let_go(mah_tensor *t_) __asm__("mah_tensor_release");
#endif
/* The ledger's too. A tensor's share of the storage in entry n of a list is given back, when the
 * tensor is gone, and the entry becomes NULL; it may be NULL already. */
void mah_storage_release(mah_storage **list, int32_t n);
/* The entry of Lua's tensor `t` moves to another place in the list, and its number in t's room with
 * it. */
void mah_storage_move(mah_storage **list, mah_tensor *t, int32_t from, int32_t to);
/* The elements of a tensor that lives in its room move to a storage; others stay as they are. */
mah_status mah_tensor_settle(mah_tensor *t);

/* -- Looking ----------------------------------------------------------------------------------- */

int64_t mah_tensor_count(const mah_tensor *t);     /* elements; 0 for a released tensor */
int mah_tensor_is_contiguous(const mah_tensor *t); /* row major without gaps? */
int mah_tensor_is_in_room(const mah_tensor *t);    /* its elements, or those it is a view of */

/* -- Views: share the storage (view.c) --------------------------------------------------------- */

mah_status mah_tensor_alias(mah_tensor *out, const mah_tensor *t);
mah_status mah_tensor_narrow(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t start,
                             int64_t count);
mah_status mah_tensor_select(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t index);
/* Every step-th position: start, start + step, ... `count` of them. */
mah_status mah_tensor_stride(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t start,
                             int64_t count, int64_t step);
/* Any extents and steps (from 0 up) over the elements of `t`, which lie row by row, from `offset`
 * on; fails when they leave it. Elements that are reached in several ways are one. */
mah_status mah_tensor_as_strided(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                                 const int64_t *extent, const int64_t *step, int64_t offset);
mah_status mah_tensor_permute(mah_tensor *out, const mah_tensor *t, const int32_t *dims);
mah_status mah_tensor_transpose(mah_tensor *out, const mah_tensor *t, int32_t dim0, int32_t dim1);
mah_status mah_tensor_unsqueeze(mah_tensor *out, const mah_tensor *t, int32_t dim);
mah_status mah_tensor_squeeze(mah_tensor *out, const mah_tensor *t, int32_t dim);
/* Dimensions of extent 1, and new ones in front, take the extents asked for. */
mah_status mah_tensor_expand(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                             const int64_t *extent);
/* Fails with MAH_ERROR_SHAPE when the elements cannot be laid out so without a copy. */
mah_status mah_tensor_view(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                           const int64_t *extent);
/* The diagonal of a matrix. */
mah_status mah_tensor_diagonal(mah_tensor *out, const mah_tensor *t);
/* The diagonals between dimensions dim0 and dim1, which are gone, as the new last dimension; they
 * begin at position `offset` of dim1, or at -offset of dim0. */
mah_status mah_tensor_diagonal_of(mah_tensor *out, const mah_tensor *t, int64_t offset,
                                  int32_t dim0, int32_t dim1);
/* A vector (or a scalar) along dimension `dim` of a grid, the same in all others. */
mah_status mah_tensor_axis(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                           const int64_t *extent, int32_t dim);
/* Windows of `size` positions of a dimension, each `step` behind the one before, lie along it; the
 * positions in a window become the new last dimension. */
mah_status mah_tensor_unfold(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t size,
                             int64_t step);

/* -- Copying ----------------------------------------------------------------------------------- */

/* out[...] = t[...], converted; t is broadcast to out's shape, and may overlap out. float to int
 * truncates towards zero; what does not fit is clamped to the integer type's range, NaN gives 0. A
 * bool is whether the element is not 0. To float16 and bfloat16 numbers are rounded once. */
mah_status mah_tensor_copy(mah_tensor *out, const mah_tensor *t);
mah_status mah_tensor_clone(mah_tensor *out, const mah_tensor *t); /* a row-major copy */
mah_status mah_tensor_to(mah_tensor *out, const mah_tensor *t, int32_t dtype);
mah_status mah_tensor_fill(mah_tensor *out, double value);

#ifndef MAH_CDEF
enum { MAH_SHAPE_TEXT = MAH_MAX_DIMS * 22 }; /* bytes that a shape takes as text */

/* "2x3"; "scalar" without dimensions */
void mah_shape_describe(char *text, size_t room, int32_t ndim, const int64_t *extent);
/* The number of elements; fails on negative extents, and when it overflows. */
mah_status mah_shape_count(int64_t *count, int32_t ndim, const int64_t *extent);
/* t's dtype, extents, and the steps of a row-major tensor. */
void mah_tensor_lay_out(mah_tensor *t, int32_t dtype, int32_t ndim, const int64_t *extent);
/* Is `t` there? Else fails with a message that names it. */
mah_status mah_tensor_check(const mah_tensor *t, const char *name);
mah_status mah_tensor_check_dtype(const mah_tensor *t, const char *name, int32_t dtype);
/* Can each element of `t` be written by itself? Not in an expanded view, nor in windows. */
mah_status mah_tensor_check_writable(const mah_tensor *t, const char *name);
/* Has `t` the dtype and shape of `like`, and lie its elements row by row without gaps? */
mah_status mah_tensor_check_like(const mah_tensor *t, const mah_tensor *like, const char *name);
int mah_tensor_same_shape(const mah_tensor *a, const mah_tensor *b);
/* The same elements in the same order? */
int mah_tensor_same_view(const mah_tensor *a, const mah_tensor *b);
/* Are both views of one storage, or of one tensor's room? */
int mah_tensor_share(const mah_tensor *a, const mah_tensor *b);
/* May writing to one change the other? (Looks at the first and the last byte only.) */
int mah_tensor_overlaps(const mah_tensor *a, const mah_tensor *b);
/* "float32 2x3", for messages; up to four results are valid at a time in a thread. */
const char *mah_tensor_describe(const mah_tensor *t);
#endif
#endif
