/* zip_write.c - the writing half of zip.h. */
#include "data/zip.h"

#include "base/memory.h"
#include "base/text.h"
#include "data/bytes.h"

#include <string.h>
#include <zlib.h>

enum { VERSION = 45, UTF8 = 1 << 11, DATE = 0x21 /* 1980-01-01: no time in the bytes */ };

mah_status mah_zip_create(mah_zip_writer *out, const char *path) {
  memset(out, 0, sizeof *out);
  return mah_writer_open(&out->writer, path);
}

/* -- Records: a little buffer that is filled from the left ------------------------------------- */

typedef struct record {
  uint8_t bytes[128];
  int used;
} record;

static void add(record *r, uint64_t value, int size) {
  mah_put_little(r->bytes + r->used, value, size);
  r->used += size;
}

/* What the local header and the directory's entry have in common. */
static void add_common(record *r, const mah_zip_member *m) {
  add(r, VERSION, 2);
  add(r, UTF8, 2);
  add(r, (uint64_t)m->method, 2);
  add(r, 0, 2);
  add(r, DATE, 2);
  add(r, m->crc, 4);
  add(r, UINT32_MAX, 4); /* the sizes: see the extra field */
  add(r, UINT32_MAX, 4);
  add(r, strlen(m->name), 2);
}

static void put_local(mah_writer *w, const mah_zip_member *m) {
  record r = {0}, extra = {0};
  add(&r, 0x04034b50, 4);
  add_common(&r, m);
  add(&r, 20, 2);
  add(&extra, 1, 2);
  add(&extra, 16, 2);
  add(&extra, (uint64_t)m->bytes, 8);
  add(&extra, (uint64_t)m->packed, 8);
  mah_writer_put(w, r.bytes, r.used);
  mah_writer_put(w, m->name, (int64_t)strlen(m->name));
  mah_writer_put(w, extra.bytes, extra.used);
}

static void put_entry(mah_writer *w, const mah_zip_member *m) {
  record r = {0}, extra = {0};
  add(&r, 0x02014b50, 4);
  add(&r, VERSION | 3 << 8, 2); /* made on a Unix */
  add_common(&r, m);
  add(&r, 28, 2);
  add(&r, 0, 2);              /* comment */
  add(&r, 0, 2);              /* disk */
  add(&r, 0, 2);              /* internal attributes */
  add(&r, 0100644u << 16, 4); /* a regular file, rw-r--r-- */
  add(&r, UINT32_MAX, 4);     /* the local header's place */
  add(&extra, 1, 2);
  add(&extra, 24, 2);
  add(&extra, (uint64_t)m->bytes, 8);
  add(&extra, (uint64_t)m->packed, 8);
  add(&extra, (uint64_t)m->header, 8);
  mah_writer_put(w, r.bytes, r.used);
  mah_writer_put(w, m->name, (int64_t)strlen(m->name));
  mah_writer_put(w, extra.bytes, extra.used);
}

static void put_end(mah_writer *w, uint64_t count, uint64_t begin) {
  record r = {0};
  uint64_t end64 = (uint64_t)mah_writer_tell(w);
  if (count == 0) { /* NumPy knows an empty archive by its first bytes */
    add(&r, 0x06054b50, 4);
    mah_writer_put(w, r.bytes, 22);
    return;
  }
  add(&r, 0x06064b50, 4);
  add(&r, 44, 8); /* bytes that follow in this record */
  add(&r, VERSION | 3 << 8, 2);
  add(&r, VERSION, 2);
  add(&r, 0, 8); /* disks */
  add(&r, count, 8);
  add(&r, count, 8);
  add(&r, end64 - begin, 8);
  add(&r, begin, 8);
  add(&r, 0x07064b50, 4); /* the locator */
  add(&r, 0, 4);
  add(&r, end64, 8);
  add(&r, 1, 4);
  add(&r, 0x06054b50, 4); /* the end record points to the other one */
  add(&r, 0, 4);
  add(&r, UINT16_MAX, 2);
  add(&r, UINT16_MAX, 2);
  add(&r, UINT32_MAX, 4);
  add(&r, UINT32_MAX, 4);
  add(&r, 0, 2);
  mah_writer_put(w, r.bytes, r.used);
}

/* -- Members ----------------------------------------------------------------------------------- */

typedef struct stretch {
  const char *bytes;
  int64_t n;
} stretch;

enum { STEP = 1 << 30 }; /* zlib counts with 32 bits */

static uint32_t checksum(const stretch *part, int parts) {
  uLong crc = crc32(0, NULL, 0);
  for (int p = 0; p < parts; p++)
    for (int64_t at = 0; at < part[p].n; at += STEP)
      crc = crc32(crc, (const uint8_t *)part[p].bytes + at,
                  (uInt)(part[p].n - at < STEP ? part[p].n - at : STEP));
  return (uint32_t)crc;
}

/* All of one stretch, after those before; `room` bytes are left at z->next_out. */
static int deflate_stretch(z_stream *z, int64_t *room, stretch part, int last) {
  for (int64_t at = 0;;) {
    int64_t n = part.n - at < STEP ? part.n - at : STEP;
    z->next_in = (uint8_t *)(uintptr_t)(part.bytes + at);
    z->avail_in = (uInt)n;
    at += n;
    int flush = last && at == part.n ? Z_FINISH : Z_NO_FLUSH, code;
    do {
      z->avail_out = (uInt)(*room < STEP ? *room : STEP);
      *room -= z->avail_out;
      code = deflate(z, flush);
      *room += z->avail_out;
    } while (code == Z_OK && (z->avail_in > 0 || flush == Z_FINISH));
    if (at == part.n) return last ? code == Z_STREAM_END : z->avail_in == 0;
  }
}

/* *packed, to be freed, and its size in the member. */
static mah_status deflate_all(char **packed, mah_zip_member *m, const stretch *part) {
  z_stream z = {0};
  if (deflateInit2(&z, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return mah_fail(MAH_ERROR_MEMORY, "out of memory for compressing '%s'", m->name);
  int64_t bound = (int64_t)deflateBound(&z, (uLong)m->bytes) + 64, room = bound;
  *packed = mah_alloc(bound, 1);
  int done = *packed != NULL;
  z.next_out = (uint8_t *)*packed;
  done = done && deflate_stretch(&z, &room, part[0], 0) && deflate_stretch(&z, &room, part[1], 1);
  deflateEnd(&z);
  m->packed = bound - room;
  if (*packed == NULL) return MAH_ERROR_MEMORY;
  if (done) return MAH_OK;
  mah_free(*packed);
  return mah_fail(MAH_ERROR_FORMAT, "'%s' cannot be compressed", m->name);
}

static mah_status new_member(mah_zip_member **out, mah_zip_writer *zip, const char *name) {
  if (strlen(name) >= MAH_ZIP_NAME)
    return mah_fail(MAH_ERROR_ARGUMENT, "the name '%.40s...' is longer than %d bytes", name,
                    MAH_ZIP_NAME - 1);
  if (!mah_text_is_utf8(name, (int64_t)strlen(name)))
    return mah_fail(MAH_ERROR_ARGUMENT, "the name '%s' is not UTF-8", name);
  if (zip->count == zip->room) {
    int64_t room = zip->room ? 2 * zip->room : 16;
    mah_zip_member *more = mah_alloc_zero(room, sizeof *more);
    if (more == NULL) return MAH_ERROR_MEMORY;
    if (zip->count > 0) memcpy(more, zip->members, sizeof *more * (size_t)zip->count);
    mah_free(zip->members);
    zip->members = more;
    zip->room = room;
  }
  *out = zip->members + zip->count++;
  strcpy((*out)->name, name);
  return MAH_OK;
}

mah_status mah_zip_add(mah_zip_writer *zip, const char *name, const void *head, int64_t head_bytes,
                       const void *data, int64_t data_bytes, int compressed) {
  mah_zip_member *m = NULL;
  char *packed = NULL;
  stretch part[] = {{head, head_bytes}, {data, data_bytes}};
  MAH_TRY(new_member(&m, zip, name));
  m->method = compressed ? 8 : 0;
  m->crc = checksum(part, 2);
  m->packed = m->bytes = head_bytes + data_bytes;
  m->header = mah_writer_tell(zip->writer);
  if (compressed) MAH_TRY(deflate_all(&packed, m, part));
  put_local(zip->writer, m);
  if (!compressed) mah_writer_put(zip->writer, head, head_bytes);
  mah_status status = compressed ? mah_writer_put(zip->writer, packed, m->packed)
                                 : mah_writer_put(zip->writer, data, data_bytes);
  mah_free(packed);
  return status;
}

mah_status mah_zip_close(mah_zip_writer *zip) {
  int64_t begin = mah_writer_tell(zip->writer);
  for (int64_t i = 0; i < zip->count; i++) put_entry(zip->writer, zip->members + i);
  put_end(zip->writer, (uint64_t)zip->count, (uint64_t)begin);
  mah_free(zip->members);
  mah_status status = mah_writer_close(zip->writer);
  memset(zip, 0, sizeof *zip);
  return status;
}

void mah_zip_abandon(mah_zip_writer *zip) {
  mah_writer_abandon(zip->writer);
  mah_free(zip->members);
  memset(zip, 0, sizeof *zip);
}
