#include "data/elements.h"

#include "data/bytes.h"
#include "tensor/half.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  PIECE = 1 << 16, /* bytes converted at a time */
  SAME = 8, /* the first of `types` have the same bits as their dtypes (bool: after a look) */
};

/* -- Types ------------------------------------------------------------------------------------- */

static const struct {
  char kind;
  int8_t size;
  int32_t dtype;
} types[] = {
    {'f', 4, MAH_FLOAT32}, {'f', 8, MAH_FLOAT64}, {'i', 4, MAH_INT32},   {'u', 1, MAH_UINT8},
    {'i', 8, MAH_INT64},   {'?', 1, MAH_BOOL},    {'f', 2, MAH_FLOAT16}, {'b', 2, MAH_BFLOAT16},
    {'i', 1, MAH_INT32},   {'i', 2, MAH_INT32},   {'u', 2, MAH_INT32},   {'u', 4, MAH_INT64},
    {'u', 8, MAH_INT64},
};

static mah_status fail_type(const char *name, const char *type) {
  char kind = type[0] != '\0' && strchr("<>|=", type[0]) ? type[1] : type[0];
  const char *what = kind == 'O'                                 ? "Python objects"
                     : kind == 'c' || kind == 'F' || kind == 'D' ? "complex numbers"
                     : kind == 'S' || kind == 'U' || kind == 'a' ? "text"
                     : kind == 'V'                               ? "records"
                     : kind == 'M' || kind == 'm'                ? "times"
                                                                 : "numbers of an unknown type";
  return mah_fail(MAH_ERROR_DTYPE, "%s: the array holds %s (%.40s), which a tensor cannot", name,
                  what, type);
}

mah_status mah_stored_parse(mah_stored *out, const char *name, const char *type, int32_t dtype) {
  const char *rest = type;
  if (dtype != MAH_AS_STORED && dtype != MAH_AS_NUMBERS && dtype != MAH_FLOAT32 &&
      dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: files are read as float32, float64 or what they hold",
                    name);
  int big = !mah_is_little_endian();
  if (*rest == '<' || *rest == '>') big = *rest == '>';
  if (*rest != '\0' && strchr("<>|=", *rest) != NULL) rest++;
  char kind = *rest == '?' || strcmp(rest, "b1") == 0 ? '?' : *rest;
  int size = kind == '?' ? 1 : strcmp(rest, "bf") == 0 ? 2 : 0;
  if (size == 0 && kind != 'b' && rest[0] != '\0' && rest[1] >= '1' && rest[1] <= '8' && !rest[2])
    size = rest[1] - '0';
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].kind == kind && types[i].size == size) {
      *out = (mah_stored){kind, (int8_t)size, (int8_t)big, i < SAME, types[i].dtype};
      if (dtype == MAH_AS_NUMBERS && out->dtype == MAH_BOOL) out->dtype = MAH_UINT8;
      if (dtype == MAH_AS_NUMBERS) dtype = mah_dtype_is_half(out->dtype) ? MAH_FLOAT32 : out->dtype;
      if (dtype != MAH_AS_STORED && dtype != out->dtype) out->same = 0, out->dtype = dtype;
      return MAH_OK;
    }
  return fail_type(name, type);
}

mah_status mah_stored_count(int64_t *count, const char *name, const mah_stored *type, int32_t ndim,
                            const int64_t *extent, int64_t bytes) {
  int64_t product = 1;
  int zero = 0, overflow = 0;
  if (ndim < 0 || ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_FORMAT, "%s: %d dimensions; a tensor has 0 ... %d", name, ndim,
                    MAH_MAX_DIMS);
  for (int32_t d = 0; d < ndim; d++) {
    if (extent[d] < 0)
      return mah_fail(MAH_ERROR_FORMAT, "%s: negative extent %" PRId64, name, extent[d]);
    zero |= extent[d] == 0;
    overflow |= extent[d] > 0 && __builtin_mul_overflow(product, extent[d], &product);
  }
  overflow |= product > INT64_MAX / 16;
  *count = zero ? 0 : product;
  if (overflow || *count > bytes / type->size)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: truncated: the header wants %s%" PRId64
                    " elements of %d bytes, there are %" PRId64 " bytes",
                    name, overflow ? "more than " : "", overflow ? INT64_MAX / 16 : *count,
                    type->size, bytes);
  return MAH_OK;
}

/* -- Conversion -------------------------------------------------------------------------------- */

/* An integer of the machine's byte order; *fits = 0 when it is no int64. */
static int64_t integer(const char *raw, const mah_stored *type, int *fits) {
  uint8_t u1;
  int16_t i2;
  uint16_t u2;
  uint32_t u4;
  int64_t i8;
  *fits = 1;
  switch (type->size) {
  case 1: return memcpy(&u1, raw, 1), type->kind == 'i' ? (int8_t)u1 : u1;
  case 2:
    if (type->kind == 'u') return memcpy(&u2, raw, 2), u2;
    return memcpy(&i2, raw, 2), i2;
  case 4: return memcpy(&u4, raw, 4), type->kind == 'u' ? (int64_t)u4 : (int32_t)u4;
  default:
    memcpy(&i8, raw, 8);
    *fits = type->kind == 'i' || i8 >= 0;
    return i8;
  }
}

static double number(const char *raw, const mah_stored *type) {
  uint16_t bits;
  float single;
  double full;
  int fits;
  if (type->kind == '?') return *raw != 0;
  if (type->kind == 'f' && type->size == 8) return memcpy(&full, raw, 8), full;
  if (type->kind == 'f' && type->size == 4) return memcpy(&single, raw, 4), (double)single;
  if (type->kind == 'f' || type->kind == 'b') {
    memcpy(&bits, raw, 2);
    return (double)(type->kind == 'f' ? mah_f16_to_float(bits) : mah_bf16_to_float(bits));
  }
  int64_t value = integer(raw, type, &fits);
  return fits ? (double)value : (double)(uint64_t)value;
}

static void to_floats(char *to, const char *raw, int64_t n, const mah_stored *type) {
  for (int64_t i = 0; i < n; i++) {
    double x = number(raw + i * type->size, type);
    float single = (float)x;
    if (type->dtype == MAH_FLOAT64)
      memcpy(to + 8 * i, &x, 8);
    else
      memcpy(to + 4 * i, &single, 4);
  }
}

static mah_status to_integers(char *to, const char *raw, int64_t n, const char *name,
                              const mah_stored *type) {
  for (int64_t i = 0; i < n; i++) {
    int fits;
    int64_t value = integer(raw + i * type->size, type, &fits);
    int32_t narrow = (int32_t)value;
    if (!fits)
      return mah_fail(MAH_ERROR_DTYPE, "%s: uint64 value %" PRIu64 " does not fit into int64", name,
                      (uint64_t)value);
    if (type->dtype == MAH_INT64)
      memcpy(to + 8 * i, &value, 8);
    else
      memcpy(to + 4 * i, &narrow, 4); /* of one or two bytes */
  }
  return MAH_OK;
}

/* Reads in pieces and converts. */
static mah_status read_converted(mah_tensor *out, const mah_source *source, int64_t offset,
                                 const mah_stored *type) {
  char raw[PIECE];
  int64_t left = mah_tensor_count(out);
  char *to = out->data;
  while (left > 0) {
    int64_t n = left < PIECE / type->size ? left : PIECE / type->size;
    MAH_TRY(mah_source_read(source, raw, offset, n * type->size));
    if (type->big == mah_is_little_endian()) mah_swap_bytes(raw, n, type->size);
    if (type->dtype == MAH_FLOAT32 || type->dtype == MAH_FLOAT64)
      to_floats(to, raw, n, type);
    else
      MAH_TRY(to_integers(to, raw, n, source->name, type));
    to += n * mah_dtype_size(type->dtype);
    offset += n * type->size;
    left -= n;
  }
  return MAH_OK;
}

static mah_status read_into(mah_tensor *out, const mah_source *source, int64_t offset,
                            const mah_stored *type) {
  int64_t n = mah_tensor_count(out);
  if (!type->same) return read_converted(out, source, offset, type);
  MAH_TRY(mah_source_read(source, out->data, offset, n * type->size));
  if (type->big == mah_is_little_endian()) mah_swap_bytes(out->data, n, type->size);
  uint8_t *truth = out->data;
  for (int64_t i = 0; type->kind == '?' && i < n; i++) truth[i] = truth[i] != 0;
  return MAH_OK;
}

/* One NaN for all: LuaJIT takes the bits of others, of which a file may have any, for values of
 * other types. */
static void mend_nan(mah_tensor *t) {
  int64_t n = mah_tensor_count(t);
  float *single = t->data;
  double *full = t->data;
  for (int64_t i = 0; t->elem == MAH_FLOAT32 && i < n; i++)
    if (isnan(single[i])) single[i] = NAN;
  for (int64_t i = 0; t->elem == MAH_FLOAT64 && i < n; i++)
    if (isnan(full[i])) full[i] = (double)NAN;
}

mah_status mah_elements_read(mah_tensor *out, const mah_source *source, int64_t offset,
                             const mah_stored *type, int32_t ndim, const int64_t *extent) {
  int64_t count;
  MAH_TRY(mah_stored_count(&count, source->name, type, ndim, extent,
                           offset < source->size ? source->size - offset : 0));
  MAH_TRY(mah_tensor_new(out, type->dtype, ndim, extent));
  mah_status status = read_into(out, source, offset, type);
  if (status != MAH_OK)
    mah_tensor_release(out);
  else
    mend_nan(out);
  return status;
}

static mah_status read_named(mah_tensor *out, mah_source *source, const char *name, int64_t offset,
                             const char *type, int32_t dtype, int32_t ndim, const int64_t *extent) {
  mah_stored stored;
  source->name = name;
  MAH_TRY(mah_stored_parse(&stored, name, type, dtype));
  return mah_elements_read(out, source, offset, &stored, ndim, extent);
}

mah_status mah_elements_load(mah_tensor *out, const char *path, const char *name, int64_t offset,
                             const char *type, int32_t dtype, int32_t ndim, const int64_t *extent) {
  mah_source source;
  if (name == NULL || type == NULL || extent == NULL || offset < 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "name, type, extents and an offset >= 0 are expected");
  MAH_TRY(mah_source_open(&source, path));
  mah_status status = read_named(out, &source, name, offset, type, dtype, ndim, extent);
  mah_source_close(&source);
  return status;
}

mah_status mah_elements_decode(mah_tensor *out, const void *bytes, int64_t n, const char *name,
                               int64_t offset, const char *type, int32_t dtype, int32_t ndim,
                               const int64_t *extent) {
  mah_source source;
  if (bytes == NULL || n < 0 || name == NULL || type == NULL || extent == NULL || offset < 0)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "bytes, name, type, extents and an offset >= 0 are expected");
  mah_source_memory(&source, name, bytes, n);
  return read_named(out, &source, name, offset, type, dtype, ndim, extent);
}

/* -- Writing ----------------------------------------------------------------------------------- */

static mah_status put_swapped(mah_writer *writer, const char *data, int64_t n, int64_t size) {
  char piece[PIECE];
  while (n > 0) {
    int64_t part = n < PIECE / size ? n : PIECE / size;
    memcpy(piece, data, (size_t)(part * size));
    mah_swap_bytes(piece, part, size);
    MAH_TRY(mah_writer_put(writer, piece, part * size));
    data += part * size;
    n -= part;
  }
  return MAH_OK;
}

mah_status mah_elements_put(mah_writer *writer, const mah_tensor *t) {
  mah_tensor copy = {0};
  int64_t n = mah_tensor_count(t), size = mah_dtype_size(t->elem);
  if (!mah_tensor_is_contiguous(t)) {
    MAH_TRY(mah_tensor_new(&copy, t->elem, t->ndim, t->extent));
    MAH_TRY(mah_tensor_copy(&copy, t));
  }
  const void *data = copy.store ? copy.data : t->data;
  mah_status status = mah_is_little_endian() ? mah_writer_put(writer, data, n * size)
                                             : put_swapped(writer, data, n, size);
  mah_tensor_release(&copy);
  return status;
}

mah_status mah_elements_save(const char *path, const char *head, int64_t head_bytes,
                             const mah_tensor *const *tensors, int64_t n) {
  mah_writer *writer;
  if (head == NULL || head_bytes < 0 || (tensors == NULL && n > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "a head and tensors are expected");
  for (int64_t i = 0; i < n; i++) MAH_TRY(mah_tensor_check(tensors[i], "tensor"));
  MAH_TRY(mah_writer_open(&writer, path));
  mah_status status = mah_writer_put(writer, head, head_bytes);
  for (int64_t i = 0; status == MAH_OK && i < n; i++) status = mah_elements_put(writer, tensors[i]);
  if (status != MAH_OK) {
    mah_writer_abandon(writer);
    return status;
  }
  return mah_writer_close(writer);
}
