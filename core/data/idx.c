#include "data/idx.h"

#include "base/file.h"
#include "base/memory.h"
#include "data/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* deflate never does better than 1032 : 1 (zlib.net/zlib_tech.html). */
enum { GREATEST_RATIO = 1032, PIECE = 1 << 20, LEAST_BUFFER = 1 << 13, GREATEST_BUFFER = 1 << 17 };

static const struct {
  uint8_t code, size;
  int32_t dtype;
} types[] = {{0x08, 1, MAH_UINT8}, {0x09, 1, MAH_INT32},   {0x0B, 2, MAH_INT32},
             {0x0C, 4, MAH_INT32}, {0x0D, 4, MAH_FLOAT32}, {0x0E, 8, MAH_FLOAT64}};
enum { TYPES = sizeof types / sizeof *types };

typedef struct idx_file {
  const char *path;
  gzFile gz;
  int64_t stored; /* bytes on the disk */
  int type;       /* index in `types` */
  int32_t ndim;
  int64_t extent[MAH_MAX_DIMS];
  int64_t count;
} idx_file;

/* -- Reading ----------------------------------------------------------------------------------- */

/* What zlib has to say: a broken stream, or an error of the system. */
static mah_status fail_gz(const idx_file *f) {
  int number;
  const char *text = gzerror(f->gz, &number);
  if (number == Z_ERRNO)
    return mah_fail(MAH_ERROR_FILE, "cannot read '%s': %s", f->path, strerror(errno));
  size_t length = strlen(f->path);
  if (strncmp(text, f->path, length) == 0 && strncmp(text + length, ": ", 2) == 0)
    text += length + 2; /* zlib names the file, too */
  return mah_fail(MAH_ERROR_FORMAT, "%s: broken gzip stream: %s", f->path,
                  number == Z_BUF_ERROR ? "it ends too early" : text);
}

/* Up to n bytes; *got < n at the end of the file. */
static mah_status read_some(const idx_file *f, void *bytes, int64_t n, int64_t *got) {
  char *to = bytes;
  for (*got = 0; *got < n;) {
    int64_t wanted = n - *got < PIECE ? n - *got : PIECE;
    int done = gzread(f->gz, to + *got, (unsigned)wanted);
    int number = Z_OK;
    if (done >= 0) gzerror(f->gz, &number);
    if (done < 0 || (number != Z_OK && number != Z_STREAM_END)) return fail_gz(f);
    if (done == 0) break;
    *got += done;
  }
  return MAH_OK;
}

/* Reads to the end and counts. */
static mah_status count_rest(const idx_file *f, int64_t *count) {
  static _Thread_local char scratch[1 << 14];
  int64_t got = 1;
  for (*count = 0; got > 0; *count += got) MAH_TRY(read_some(f, scratch, sizeof scratch, &got));
  return MAH_OK;
}

static mah_status fail_short(const idx_file *f, int64_t wanted, int64_t got) {
  return mah_fail(MAH_ERROR_FORMAT,
                  "%s: truncated: the header wants %" PRId64 " bytes of data, there are %" PRId64,
                  f->path, wanted, got);
}

static mah_status read_header(idx_file *f) {
  uint8_t magic[4], extents[4 * MAH_MAX_DIMS];
  int64_t got;
  MAH_TRY(read_some(f, magic, 4, &got));
  if (got < 4)
    return mah_fail(MAH_ERROR_FORMAT, "%s: truncated: %" PRId64 " bytes are no IDX header", f->path,
                    got);
  for (f->type = 0; f->type < TYPES && types[f->type].code != magic[2];) f->type++;
  if (magic[0] != 0 || magic[1] != 0 || f->type == TYPES)
    return mah_fail(MAH_ERROR_FORMAT, "%s: not an IDX file: it begins with %02x %02x %02x %02x",
                    f->path, magic[0], magic[1], magic[2], magic[3]);
  f->ndim = magic[3];
  if (f->ndim < 1 || f->ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_FORMAT, "%s: %d dimensions; 1 ... %d are possible", f->path, f->ndim,
                    MAH_MAX_DIMS);
  MAH_TRY(read_some(f, extents, 4 * f->ndim, &got));
  if (got < 4 * f->ndim)
    return mah_fail(MAH_ERROR_FORMAT, "%s: truncated in the header's %d extents", f->path, f->ndim);
  for (int32_t d = 0; d < f->ndim; d++) f->extent[d] = mah_u32_big(extents + 4 * d);
  return MAH_OK;
}

/* Elements; fails on overflow, zero extents aside. */
static mah_status count_elements(idx_file *f) {
  int64_t product = 1, zero = 0;
  for (int32_t d = 0; d < f->ndim; d++) {
    zero |= f->extent[d] == 0;
    if (f->extent[d] > 0 && __builtin_mul_overflow(product, f->extent[d], &product)) product = -1;
    if (product < 0 || product > INT64_MAX / 16)
      return mah_fail(MAH_ERROR_SHAPE,
                      "%s: its %d extents, %" PRId64 " x %" PRId64 " ..., overflow", f->path,
                      f->ndim, f->extent[0], f->extent[1]);
  }
  f->count = zero ? 0 : product;
  return MAH_OK;
}

/* Stored elements to the machine's, in place or widened; `raw` lies at the end of out's memory. */
static void widen_to_int32(int32_t *out, const uint8_t *raw, int64_t n, int size) {
  for (int64_t i = 0; i < n; i++)
    out[i] = size == 1 ? (int8_t)raw[i] : (int16_t)(raw[2 * i] << 8 | raw[2 * i + 1]);
}

/* As many as out takes. */
static mah_status read_elements(const idx_file *f, mah_tensor *out) {
  int64_t stored = types[f->type].size, size = mah_dtype_size(out->elem), got;
  int64_t wanted = f->count * stored;
  char *raw = (char *)out->data + f->count * (size - stored); /* widening runs from the front */
  MAH_TRY(read_some(f, raw, wanted, &got));
  if (got < wanted) return fail_short(f, wanted, got);
  if (stored < size)
    widen_to_int32(out->data, (uint8_t *)raw, f->count, (int)stored);
  else if (mah_is_little_endian())
    mah_swap_bytes(raw, f->count, stored);
  return MAH_OK;
}

static mah_status check_end(const idx_file *f) {
  int64_t got;
  MAH_TRY(count_rest(f, &got)); /* zlib compares the checksum on the way */
  if (got > 0)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: %" PRId64 " bytes too many after the %" PRId64
                    " that the header announces",
                    f->path, got, f->count * types[f->type].size);
  return MAH_OK;
}

/* The file is, from here on, what lies in the part: its rows and elements. */
static mah_status skip_to(idx_file *f, mah_part *part) {
  int64_t row = f->extent[0] > 0 ? f->count / f->extent[0] : 0, size = types[f->type].size;
  MAH_TRY(mah_part_cut(part, &f->extent[0], f->extent[0]));
  f->count = row * f->extent[0];
  if (part->first * row > 0 && gzseek(f->gz, part->first * row * size, SEEK_CUR) < 0)
    return fail_gz(f);
  return MAH_OK;
}

static mah_status read_all(idx_file *f, mah_tensor *out, mah_part *part_) {
  int64_t got;
  MAH_TRY(read_header(f));
  MAH_TRY(count_elements(f));
  int64_t wanted = f->count * types[f->type].size;
  if (wanted / GREATEST_RATIO > f->stored) { /* before memory is taken for what is not there */
    MAH_TRY(count_rest(f, &got));
    return fail_short(f, wanted, got);
  }
  if (part_ != NULL) MAH_TRY(skip_to(f, part_));
  MAH_TRY(mah_tensor_new(out, types[f->type].dtype, f->ndim, f->extent));
  mah_status status = read_elements(f, out);
  if (status == MAH_OK && part_ == NULL) status = check_end(f);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

static mah_status load(mah_tensor *out, mah_part *part_, const char *path) {
  idx_file f = {.path = path};
  struct stat on_disk;
  if (out == NULL || out->store != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the output tensor holds another tensor already");
  if (path == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the path is missing");
  int regular = stat(path, &on_disk) == 0 && S_ISREG(on_disk.st_mode);
  f.stored = regular ? on_disk.st_size : INT64_MAX;
  f.gz = gzopen(path, "rb");
  if (f.gz == NULL) return mah_fail(MAH_ERROR_FILE, "cannot read '%s': %s", path, strerror(errno));
  gzbuffer(f.gz, f.stored < GREATEST_BUFFER ? LEAST_BUFFER : GREATEST_BUFFER);
  mah_status status = read_all(&f, out, part_);
  gzclose(f.gz);
  return status;
}

mah_status mah_idx_load(mah_tensor *out, const char *path) { return load(out, NULL, path); }

mah_status mah_idx_load_part(mah_tensor *out, mah_part *part, const char *path) {
  if (part == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "which part is missing");
  return load(out, part, path);
}

/* -- Writing ----------------------------------------------------------------------------------- */

typedef struct idx_out {
  mah_writer *writer;
  z_stream deflate;
  int packs;
} idx_out;

/* flush: Z_NO_FLUSH, or Z_FINISH with the last bytes. */
static mah_status put(idx_out *o, void *bytes, int64_t n, int flush) {
  uint8_t packed[1 << 14];
  if (!o->packs) return mah_writer_put(o->writer, bytes, n);
  o->deflate.next_in = bytes;
  o->deflate.avail_in = (uInt)n;
  do {
    o->deflate.next_out = packed;
    o->deflate.avail_out = sizeof packed;
    deflate(&o->deflate, flush); /* cannot fail: the arguments are ours */
    MAH_TRY(mah_writer_put(o->writer, packed, (int64_t)(sizeof packed - o->deflate.avail_out)));
  } while (o->deflate.avail_out == 0);
  return MAH_OK;
}

static mah_status put_header(idx_out *o, const mah_tensor *t) {
  uint8_t header[4 + 4 * MAH_MAX_DIMS] = {0};
  int32_t dtype = t->elem == MAH_BOOL ? MAH_UINT8 : t->elem; /* the same bytes */
  for (int i = 0; i < TYPES; i++)
    if (types[i].dtype == dtype) header[2] = types[i].code; /* the last one is the full type */
  header[3] = (uint8_t)t->ndim;
  for (int32_t d = 0; d < t->ndim; d++) mah_put_big(header + 4 + 4 * d, (uint64_t)t->extent[d], 4);
  return put(o, header, 4 + 4 * t->ndim, Z_NO_FLUSH);
}

static mah_status put_elements(idx_out *o, const mah_tensor *t) {
  char piece[1 << 13];
  int64_t size = mah_dtype_size(t->elem), left = mah_tensor_count(t) * size;
  for (const char *data = t->data; left > 0;) {
    int64_t n = left < (int64_t)sizeof piece ? left : (int64_t)sizeof piece;
    memcpy(piece, data, (size_t)n);
    if (mah_is_little_endian()) mah_swap_bytes(piece, n / size, size);
    MAH_TRY(put(o, piece, n, Z_NO_FLUSH));
    data += n;
    left -= n;
  }
  return put(o, piece, 0, Z_FINISH);
}

static mah_status save(const char *path, const mah_tensor *t) {
  size_t length = path ? strlen(path) : 0;
  idx_out o = {.packs = length > 3 && strcmp(path + length - 3, ".gz") == 0};
  MAH_TRY(mah_writer_open(&o.writer, path));
  /* 16 + 15: a gzip header, the largest window */
  if (o.packs && deflateInit2(&o.deflate, 6, Z_DEFLATED, 16 + 15, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    mah_writer_abandon(o.writer);
    return mah_fail(MAH_ERROR_MEMORY, "out of memory for compressing %s", path);
  }
  mah_status status = put_header(&o, t);
  if (status == MAH_OK) put_elements(&o, t); /* its failure comes out of close */
  if (o.packs) deflateEnd(&o.deflate);
  return mah_writer_close(o.writer);
}

mah_status mah_idx_save(const char *path, const mah_tensor *t) {
  mah_tensor row_major = {0};
  MAH_TRY(mah_tensor_check(t, "tensor"));
  for (int32_t d = 0; d < t->ndim; d++)
    if (t->extent[d] > UINT32_MAX)
      return mah_fail(MAH_ERROR_SHAPE, "%s is too large for an IDX file", mah_tensor_describe(t));
  if (t->ndim == 0) return mah_fail(MAH_ERROR_SHAPE, "an IDX file cannot hold a scalar");
  if (t->elem == MAH_INT64)
    return mah_fail(MAH_ERROR_DTYPE, "an IDX file cannot hold int64; save it as int32 or float64");
  if (mah_dtype_is_half(t->elem))
    return mah_fail(MAH_ERROR_DTYPE, "an IDX file cannot hold %s; save it as float32",
                    mah_dtype_name(t->elem));
  if (mah_tensor_is_contiguous(t)) return save(path, t);
  MAH_TRY(mah_tensor_new(&row_major, t->elem, t->ndim, t->extent));
  mah_status status = mah_tensor_copy(&row_major, t);
  if (status == MAH_OK) status = save(path, &row_major);
  mah_tensor_release(&row_major);
  return status;
}

/* -- Pixels ------------------------------------------------------------------------------------ */

mah_status mah_pixels_to_unit(mah_tensor *out, const mah_tensor *pixels) {
  MAH_TRY(mah_tensor_check_dtype(out, "out", MAH_FLOAT32));
  MAH_TRY(mah_tensor_check_dtype(pixels, "pixels", MAH_UINT8));
  int64_t n = mah_tensor_count(out);
  if (n != mah_tensor_count(pixels) || !mah_tensor_is_contiguous(out) ||
      !mah_tensor_is_contiguous(pixels))
    return mah_fail(MAH_ERROR_SHAPE, "out %s and pixels %s must be contiguous and of one count",
                    mah_tensor_describe(out), mah_tensor_describe(pixels));
  float *restrict o = out->data;
  const uint8_t *restrict p = pixels->data;
  for (int64_t i = 0; i < n; i++) o[i] = (float)p[i] / 255.0f;
  return MAH_OK;
}
