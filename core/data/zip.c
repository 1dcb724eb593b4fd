/* zip.c - reading; zip_write.c has the other direction. */
#include "data/zip.h"

#include "base/memory.h"
#include "data/bytes.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

enum {
  END = 22, /* bytes of the end record, without its comment */
  END64_LOCATOR = 20,
  END64 = 56,
  ENTRY = 46, /* of an entry in the central directory, without name, extra, comment */
  LOCAL = 30,
  LONGEST_COMMENT = 65535,
  LARGEST_DIRECTORY = 1 << 28,
  GREATEST_RATIO = 1032, /* of deflate (zlib.net/zlib_tech.html) */
};

static mah_status fail_zip(const mah_source *source, const char *why) {
  return mah_fail(MAH_ERROR_FORMAT, "%s: not a sound ZIP archive: %s", source->name, why);
}

/* -- The directory ----------------------------------------------------------------------------- */

typedef struct directory {
  int64_t begin, size, entries;
} directory;

static int is_record(const uint8_t *bytes, char third, char fourth) {
  return bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == third && bytes[3] == fourth;
}

/* The record that ZIP64 archives have before the end record at `end`. */
static mah_status find_directory64(directory *d, const mah_source *source, int64_t end) {
  uint8_t locator[END64_LOCATOR], record[END64];
  if (end < END64_LOCATOR) return MAH_OK;
  MAH_TRY(mah_source_read(source, locator, end - END64_LOCATOR, END64_LOCATOR));
  if (!is_record(locator, 6, 7)) return MAH_OK;
  MAH_TRY(mah_source_read(source, record, (int64_t)mah_u64_little(locator + 8), END64));
  if (!is_record(record, 6, 6)) return fail_zip(source, "its ZIP64 end record is missing");
  d->entries = (int64_t)mah_u64_little(record + 32);
  d->size = (int64_t)mah_u64_little(record + 40);
  d->begin = (int64_t)mah_u64_little(record + 48);
  return MAH_OK;
}

static mah_status find_directory(directory *d, const mah_source *source) {
  int64_t tail = source->size < END + LONGEST_COMMENT ? source->size : END + LONGEST_COMMENT;
  int64_t at = tail - END;
  uint8_t *bytes = mah_alloc(tail, 1);
  if (bytes == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_source_read(source, bytes, source->size - tail, tail);
  if (status == MAH_OK) {
    while (at >= 0 && !is_record(bytes + at, 5, 6)) at--;
    if (at < 0)
      status = fail_zip(source, "it has no end record");
    else {
      d->entries = mah_u16_little(bytes + at + 10);
      d->size = mah_u32_little(bytes + at + 12);
      d->begin = mah_u32_little(bytes + at + 16);
    }
  }
  mah_free(bytes);
  MAH_TRY(status);
  MAH_TRY(find_directory64(d, source, source->size - tail + at));
  if (d->begin < 0 || d->size < 0 || d->begin > source->size || d->size > source->size - d->begin ||
      d->size > LARGEST_DIRECTORY || d->entries < 0 || d->entries > d->size / ENTRY)
    return fail_zip(source, "its directory does not fit into the file");
  return MAH_OK;
}

/* Sizes of 0xFFFFFFFF stand, in this order, in the ZIP64 extra field (id 1). */
static int read_extra64(mah_zip_member *m, const uint8_t *extra, int64_t size) {
  int64_t *waiting[] = {&m->bytes, &m->packed, &m->header};
  for (int64_t at = 0; at + 4 <= size;) {
    int id = mah_u16_little(extra + at), length = mah_u16_little(extra + at + 2);
    int64_t value = at + 4, end = value + length;
    if (end > size) return 0;
    for (int k = 0; id == 1 && k < 3; k++)
      if (*waiting[k] == UINT32_MAX && value + 8 <= end) {
        *waiting[k] = (int64_t)mah_u64_little(extra + value);
        value += 8;
      }
    at = end;
  }
  return 1;
}

/* One entry; *used is its length. */
static mah_status read_entry(mah_zip_member *m, int64_t *used, const mah_source *source,
                             const uint8_t *entry, int64_t room) {
  if (room < ENTRY || !is_record(entry, 1, 2)) return fail_zip(source, "a directory entry is torn");
  int64_t name = mah_u16_little(entry + 28), extra = mah_u16_little(entry + 30);
  *used = ENTRY + name + extra + mah_u16_little(entry + 32);
  if (*used > room) return fail_zip(source, "a directory entry is torn");
  if (name >= MAH_ZIP_NAME) m->refusal_ = "has a name that is too long";
  memcpy(m->name, entry + ENTRY, (size_t)(name < MAH_ZIP_NAME ? name : MAH_ZIP_NAME - 1));
  m->method = mah_u16_little(entry + 10);
  m->crc = mah_u32_little(entry + 16);
  m->packed = mah_u32_little(entry + 20);
  m->bytes = mah_u32_little(entry + 24);
  m->header = mah_u32_little(entry + 42);
  if (!read_extra64(m, entry + ENTRY + name, extra)) return fail_zip(source, "an entry is torn");
  if (entry[8] & 1) m->refusal_ = "is encrypted";
  if (m->packed < 0 || m->bytes < 0 || m->header < 0) return fail_zip(source, "a size overflows");
  return MAH_OK;
}

static mah_status read_entries(mah_zip_member *members, const directory *d,
                               const mah_source *source) {
  uint8_t *bytes = mah_alloc(d->size, 1);
  if (bytes == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_source_read(source, bytes, d->begin, d->size);
  for (int64_t i = 0, at = 0, used = 0; status == MAH_OK && i < d->entries; i++, at += used)
    status = read_entry(members + i, &used, source, bytes + at, d->size - at);
  mah_free(bytes);
  return status;
}

mah_status mah_zip_list(mah_zip_member **members, int64_t *count, const mah_source *source) {
  directory d = {0};
  if (source->size < END) return fail_zip(source, "it is too short");
  MAH_TRY(find_directory(&d, source));
  mah_zip_member *list = mah_alloc_zero(d.entries, sizeof *list);
  if (list == NULL) return MAH_ERROR_MEMORY;
  mah_status status = read_entries(list, &d, source);
  if (status != MAH_OK) return mah_free(list), status;
  *members = list;
  *count = d.entries;
  return MAH_OK;
}

/* -- A member ---------------------------------------------------------------------------------- */

static mah_status fail_member(const mah_source *source, const mah_zip_member *m, const char *why) {
  return mah_fail(MAH_ERROR_FORMAT, "%s: member '%s': %s", source->name, m->name, why);
}

typedef struct unpacking {
  mah_stream stream; /* first: the source knows us by it */
  const mah_source *source;
  const mah_zip_member *member;
  int64_t at;          /* bytes given out */
  int64_t place, left; /* packed bytes that wait in the archive */
  uint32_t crc;        /* of what was given out */
  int inflates, ended; /* ended: deflate's end was met */
  z_stream z;
  char packed[1 << 15];
} unpacking;

static mah_status refill(unpacking *u) {
  z_stream *z = &u->z;
  if (z->avail_in > 0 || u->left == 0) return MAH_OK;
  z->avail_in = (uInt)(u->left < (int64_t)sizeof u->packed ? u->left : (int64_t)sizeof u->packed);
  z->next_in = (uint8_t *)u->packed;
  u->place += z->avail_in;
  u->left -= z->avail_in;
  return mah_source_read(u->source, u->packed, u->place - z->avail_in, z->avail_in);
}

/* Up to n bytes; *got < n at the end of the packed bytes. */
static mah_status inflate_some(unpacking *u, char *bytes, int64_t n, int64_t *got) {
  int code = Z_OK;
  for (*got = 0; *got < n && !u->ended && code == Z_OK;) {
    MAH_TRY(refill(u));
    uInt room = (uInt)(n - *got < 1 << 30 ? n - *got : 1 << 30);
    u->z.next_out = (uint8_t *)bytes + *got;
    u->z.avail_out = room;
    code = inflate(&u->z, Z_NO_FLUSH);
    u->ended = code == Z_STREAM_END;
    *got += room - u->z.avail_out;
  }
  return MAH_OK;
}

/* After the last byte: nothing is left over, and the checksum is right. */
static mah_status check_end(unpacking *u) {
  char more;
  int64_t got = 0;
  if (u->inflates && !u->ended) MAH_TRY(inflate_some(u, &more, 1, &got));
  if (u->inflates && (got > 0 || !u->ended || u->left > 0 || u->z.avail_in > 0))
    return fail_member(u->source, u->member, "its compressed bytes are broken");
  if (u->crc != u->member->crc) return fail_member(u->source, u->member, "its checksum is wrong");
  return MAH_OK;
}

static uint32_t checksum(uint32_t crc, const char *bytes, int64_t n) {
  for (int64_t part; n > 0; bytes += part, n -= part) {
    part = n < 1 << 30 ? n : 1 << 30;
    crc = (uint32_t)crc32(crc, (const uint8_t *)bytes, (uInt)part);
  }
  return crc;
}

static mah_status read_stream(mah_stream *stream, void *bytes, int64_t offset, int64_t n) {
  unpacking *u = (unpacking *)(void *)stream;
  int64_t got = n;
  if (offset != u->at)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: byte %" PRId64 " is wanted, at %" PRId64,
                    u->member->name, offset, u->at);
  if (u->inflates)
    MAH_TRY(inflate_some(u, bytes, n, &got));
  else
    MAH_TRY(mah_source_read(u->source, bytes, u->place + offset, n));
  if (got < n) return fail_member(u->source, u->member, "its compressed bytes are broken");
  u->crc = checksum(u->crc, bytes, n);
  u->at += n;
  return u->at == u->member->bytes ? check_end(u) : MAH_OK;
}

static void close_stream(mah_stream *stream) {
  unpacking *u = (unpacking *)(void *)stream;
  if (u->inflates) inflateEnd(&u->z);
  mah_free(u);
}

/* Finds the member's bytes and gets ready to unpack them. */
static mah_status begin(unpacking *u, const mah_source *source, const mah_zip_member *m) {
  uint8_t local[LOCAL];
  MAH_TRY(mah_source_read(source, local, m->header, LOCAL));
  if (!is_record(local, 3, 4)) return fail_member(source, m, "its local header is missing");
  u->place = m->header + LOCAL + mah_u16_little(local + 26) + mah_u16_little(local + 28);
  u->left = m->packed;
  if (u->place > source->size || m->packed > source->size - u->place)
    return fail_member(source, m, "it reaches past the end of the file");
  u->crc = (uint32_t)crc32(0, NULL, 0);
  if (m->method == 8 && inflateInit2(&u->z, -15) != Z_OK) /* a raw stream */
    return mah_fail(MAH_ERROR_MEMORY, "out of memory for unpacking %s", source->name);
  u->inflates = m->method == 8;
  return m->bytes == 0 ? check_end(u) : MAH_OK;
}

static mah_status check_member(const mah_source *source, const mah_zip_member *m) {
  if (m->refusal_ != NULL)
    return mah_fail(MAH_ERROR_DTYPE, "%s: member '%s' %s", source->name, m->name, m->refusal_);
  if (m->method != 0 && m->method != 8)
    return mah_fail(MAH_ERROR_DTYPE, "%s: member '%s': packing method %d; 0 and 8 are known",
                    source->name, m->name, m->method);
  if (m->packed > source->size || m->bytes / GREATEST_RATIO > m->packed ||
      (m->method == 0 && m->bytes != m->packed))
    return fail_member(source, m, "its sizes are impossible");
  return MAH_OK;
}

mah_status mah_zip_open(mah_source *out, const char *name, const mah_source *source,
                        const mah_zip_member *m) {
  MAH_TRY(check_member(source, m));
  unpacking *u = mah_alloc_zero(1, sizeof *u);
  if (u == NULL) return MAH_ERROR_MEMORY;
  u->stream = (mah_stream){read_stream, close_stream};
  u->source = source;
  u->member = m;
  mah_status status = begin(u, source, m);
  if (status != MAH_OK) return close_stream(&u->stream), status;
  *out = (mah_source){.name = name, .size = m->bytes, .stream_ = &u->stream, .file = -1};
  return MAH_OK;
}

mah_status mah_zip_drain(const mah_source *opened, int64_t read) {
  char scratch[1 << 13];
  for (int64_t n; read < opened->size; read += n) {
    n = opened->size - read < (int64_t)sizeof scratch ? opened->size - read
                                                      : (int64_t)sizeof scratch;
    MAH_TRY(mah_source_read(opened, scratch, read, n));
  }
  return MAH_OK;
}
