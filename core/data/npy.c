#include "data/npy.h"

#include "base/memory.h"
#include "data/bytes.h"
#include "data/elements.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PREAMBLE = 8, HEADER_LIMIT = 1 << 16, TYPE_ROOM = 48 };

/* What the header's dictionary says. */
typedef struct description {
  char type[TYPE_ROOM];
  int fortran, ndim;
  int64_t extent[MAH_MAX_DIMS];
  int seen; /* a bit for each of the three keys */
} description;

/* -- The dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } --------------- */

typedef struct text {
  const char *at, *end, *name;
} text;

static mah_status fail_header(const text *t) {
  int rest = (int)(t->end - t->at);
  return mah_fail(MAH_ERROR_FORMAT, "%s: the .npy header cannot be understood at '%.*s'", t->name,
                  rest < 30 ? rest : 30, t->at);
}

static void skip_blanks(text *t) {
  while (t->at < t->end && (*t->at == ' ' || *t->at == '\n' || *t->at == '\t')) t->at++;
}

static int take(text *t, const char *word) {
  size_t n = strlen(word);
  skip_blanks(t);
  if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0) return 0;
  t->at += n;
  return 1;
}

static mah_status parse_string(text *t, char *out, size_t room) {
  skip_blanks(t);
  if (t->at == t->end || (*t->at != '\'' && *t->at != '"')) return fail_header(t);
  const char *begin = t->at + 1, *close = memchr(begin, *t->at, (size_t)(t->end - begin));
  if (close == NULL || (size_t)(close - begin) >= room) return fail_header(t);
  memcpy(out, begin, (size_t)(close - begin));
  out[close - begin] = '\0';
  t->at = close + 1;
  return MAH_OK;
}

static mah_status parse_extent(text *t, int64_t *extent) {
  skip_blanks(t);
  if (t->at == t->end || *t->at < '0' || *t->at > '9') return fail_header(t);
  for (*extent = 0; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++)
    if (__builtin_mul_overflow(*extent, 10, extent) ||
        __builtin_add_overflow(*extent, *t->at - '0', extent))
      return fail_header(t);
  take(t, "L"); /* Python 2 wrote long integers so */
  return MAH_OK;
}

static mah_status parse_shape(text *t, description *d) {
  if (!take(t, "(")) return fail_header(t);
  for (d->ndim = 0; !take(t, ")"); d->ndim++) {
    int64_t extent = 0;
    MAH_TRY(parse_extent(t, &extent));
    if (d->ndim == MAH_MAX_DIMS)
      return mah_fail(MAH_ERROR_SHAPE, "%s: the array has more than %d dimensions", t->name,
                      MAH_MAX_DIMS);
    d->extent[d->ndim] = extent;
    if (take(t, ",")) continue;
    skip_blanks(t);
    if (t->at == t->end || *t->at != ')') return fail_header(t);
  }
  return MAH_OK;
}

static mah_status parse_type(text *t, description *d) {
  if (take(t, "["))
    return mah_fail(MAH_ERROR_DTYPE, "%s: the array holds records, which a tensor cannot", t->name);
  return parse_string(t, d->type, sizeof d->type);
}

static mah_status parse_item(text *t, description *d) {
  char key[24];
  MAH_TRY(parse_string(t, key, sizeof key));
  if (!take(t, ":")) return fail_header(t);
  if (strcmp(key, "descr") == 0) return d->seen |= 1, parse_type(t, d);
  if (strcmp(key, "shape") == 0) return d->seen |= 2, parse_shape(t, d);
  if (strcmp(key, "fortran_order") != 0) return fail_header(t);
  d->seen |= 4;
  d->fortran = take(t, "True");
  return d->fortran || take(t, "False") ? MAH_OK : fail_header(t);
}

static mah_status parse_dictionary(text *t, description *d) {
  if (!take(t, "{")) return fail_header(t);
  while (!take(t, "}")) {
    MAH_TRY(parse_item(t, d));
    if (take(t, ",")) continue;
    if (!take(t, "}")) return fail_header(t);
    break;
  }
  skip_blanks(t);
  return t->at == t->end && d->seen == 7 ? MAH_OK : fail_header(t);
}

/* -- Reading ----------------------------------------------------------------------------------- */

/* *data: where the elements begin. */
static mah_status read_header(description *d, int64_t *data, const mah_source *source,
                              int64_t size) {
  uint8_t preamble[12] = {0};
  static _Thread_local char dictionary[HEADER_LIMIT];
  if (size < PREAMBLE + 2)
    return mah_fail(MAH_ERROR_FORMAT, "%s: %" PRId64 " bytes are no .npy file", source->name, size);
  MAH_TRY(mah_source_read(source, preamble, 0, PREAMBLE + 2));
  if (memcmp(preamble, "\x93NUMPY", 6) != 0)
    return mah_fail(MAH_ERROR_FORMAT, "%s: not a .npy file: it begins with %02x %02x %02x %02x",
                    source->name, preamble[0], preamble[1], preamble[2], preamble[3]);
  int version = preamble[6];
  if (version < 1 || version > 3)
    return mah_fail(MAH_ERROR_FORMAT, "%s: .npy version %d.%d; 1.0, 2.0 and 3.0 are known",
                    source->name, version, preamble[7]);
  if (version > 1 && size >= PREAMBLE + 4) /* a longer length */
    MAH_TRY(mah_source_read(source, preamble + PREAMBLE + 2, PREAMBLE + 2, 2));
  int64_t length = version == 1 ? mah_u16_little(preamble + 8) : mah_u32_little(preamble + 8);
  *data = PREAMBLE + (version == 1 ? 2 : 4) + length;
  if (*data > size || length > HEADER_LIMIT)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: truncated: a .npy header of %" PRId64 " bytes in %" PRId64, source->name,
                    length, size);
  MAH_TRY(mah_source_read(source, dictionary, *data - length, length));
  text t = {dictionary, dictionary + length, source->name};
  return parse_dictionary(&t, d);
}

/* out, which has its extents reversed, becomes row major. */
static mah_status untangle(mah_tensor *out) {
  mah_tensor turned = {0}, result = {0};
  int32_t dims[MAH_MAX_DIMS];
  for (int32_t d = 0; d < out->ndim; d++) dims[d] = out->ndim - 1 - d;
  MAH_TRY(mah_tensor_permute(&turned, out, dims));
  mah_status status = mah_tensor_new(&result, turned.elem, turned.ndim, turned.extent);
  if (status == MAH_OK) status = mah_tensor_copy(&result, &turned);
  mah_tensor_release(&turned);
  if (status != MAH_OK) return mah_tensor_release(&result), status;
  mah_tensor_release(out);
  *out = result;
  return MAH_OK;
}

/* The description, and *data, become those of the part. */
static mah_status skip_to(description *d, int64_t *data, mah_part *part, const mah_source *source,
                          int64_t bytes) {
  if (d->ndim < 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: a single number has no rows", source->name);
  if (d->fortran && d->ndim > 1)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: it lies column by column: a part of its rows cannot be read",
                    source->name);
  int64_t row = d->extent[0] > 0 ? bytes / d->extent[0] : 0;
  MAH_TRY(mah_part_cut(part, &d->extent[0], d->extent[0]));
  *data += part->first * row;
  return MAH_OK;
}

static mah_status read_array(mah_tensor *out, mah_part *part_, const mah_source *source,
                             int64_t size, int32_t dtype) {
  description d = {0};
  mah_stored type;
  int64_t data = 0, count = 0, extent[MAH_MAX_DIMS];
  MAH_TRY(read_header(&d, &data, source, size));
  MAH_TRY(mah_stored_parse(&type, source->name, d.type, dtype));
  MAH_TRY(mah_stored_count(&count, source->name, &type, d.ndim, d.extent, size - data));
  if (size - data > count * type.size)
    return mah_fail(MAH_ERROR_FORMAT, "%s: %" PRId64 " bytes too many after the array",
                    source->name, size - data - count * type.size);
  if (part_ != NULL) MAH_TRY(skip_to(&d, &data, part_, source, count * type.size));
  for (int32_t k = 0; k < d.ndim; k++) extent[k] = d.extent[d.fortran ? d.ndim - 1 - k : k];
  MAH_TRY(mah_elements_read(out, source, data, &type, d.ndim, extent));
  mah_status status = d.fortran && d.ndim > 1 ? untangle(out) : MAH_OK;
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_npy_read(mah_tensor *out, const mah_source *source, int64_t size, int32_t dtype) {
  return read_array(out, NULL, source, size, dtype);
}

static mah_status load(mah_tensor *out, mah_part *part_, const char *path, int32_t dtype) {
  mah_source source;
  if (out == NULL || out->store != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the output tensor holds another tensor already");
  MAH_TRY(mah_source_open(&source, path));
  mah_status status = read_array(out, part_, &source, source.size, dtype);
  mah_source_close(&source);
  return status;
}

mah_status mah_npy_load(mah_tensor *out, const char *path, int32_t dtype) {
  return load(out, NULL, path, dtype);
}

mah_status mah_npy_load_part(mah_tensor *out, mah_part *part, const char *path, int32_t dtype) {
  if (part == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "which part is missing");
  return load(out, part, path, dtype);
}

/* -- Writing ----------------------------------------------------------------------------------- */

mah_status mah_npy_check(const mah_tensor *t, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  if (t->elem != MAH_BFLOAT16) return MAH_OK;
  return mah_fail(MAH_ERROR_DTYPE,
                  "%s: NumPy's files cannot hold bfloat16; save it as float32, or in safetensors",
                  name);
}

int64_t mah_npy_header(char header[MAH_NPY_HEADER], const mah_tensor *t) {
  static const char *const names[MAH_DTYPES] = {
      [MAH_FLOAT32] = "<f4", [MAH_FLOAT64] = "<f8", [MAH_INT32] = "<i4",  [MAH_UINT8] = "|u1",
      [MAH_INT64] = "<i8",   [MAH_BOOL] = "|b1",    [MAH_FLOAT16] = "<f2"};
  int n = 10;
  memcpy(header, "\x93NUMPY\1\0", PREAMBLE);
  n += snprintf(header + n, (size_t)(MAH_NPY_HEADER - n),
                "{'descr': '%s', 'fortran_order': False, 'shape': (", names[t->elem]);
  for (int32_t d = 0; d < t->ndim; d++)
    n += snprintf(header + n, (size_t)(MAH_NPY_HEADER - n), "%" PRId64 "%s", t->extent[d],
                  t->ndim == 1      ? ","
                  : d + 1 < t->ndim ? ", "
                                    : "");
  n += snprintf(header + n, (size_t)(MAH_NPY_HEADER - n), "), }");
  int whole = (n + 1 + 63) / 64 * 64; /* elements begin at a multiple of 64 */
  memset(header + n, ' ', (size_t)(whole - n));
  header[whole - 1] = '\n';
  mah_put_little(header + PREAMBLE, (uint64_t)(whole - 10), 2);
  return whole;
}

mah_status mah_npy_save(const char *path, const mah_tensor *t) {
  char header[MAH_NPY_HEADER];
  MAH_TRY(mah_npy_check(t, "save_npy"));
  return mah_elements_save(path, header, mah_npy_header(header, t), &t, 1);
}
