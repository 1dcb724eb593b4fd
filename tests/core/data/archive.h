/* archive.h - a ZIP archive of members of ragged sizes, for the tests of both of its halves. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "data/damage.h"

#include "base/file.h"
#include "data/zip.h"

/* 10 ragged[s] bytes, which deflate makes smaller. */
static inline const char *data_of(int s) {
  static char bytes[330];
  for (int64_t i = 0; i < 10 * ragged[s]; i++) bytes[i] = (char)(i % 7 * s);
  return bytes;
}

/* Members of ragged sizes, some compressible, all at once into `path`. */
static inline mah_status save_members(int compressed) {
  mah_zip_writer zip;
  char name[16];
  MAH_TRY(mah_zip_create(&zip, path));
  for (int s = 0; s < RAGGED; s++) {
    snprintf(name, sizeof name, "m%d", s);
    mah_status status = mah_zip_add(&zip, name, "head", 4, data_of(s), 10 * ragged[s], compressed);
    if (status != MAH_OK) return mah_zip_abandon(&zip), status;
  }
  return mah_zip_close(&zip);
}

/* Every member is read, and compared. */
static inline mah_status read_members(const char *file) {
  mah_source archive, member;
  mah_zip_member *members = NULL;
  int64_t count = 0;
  static char bytes[340];
  MAH_TRY(mah_source_open(&archive, file));
  mah_status status = mah_zip_list(&members, &count, &archive);
  for (int s = 0; status == MAH_OK && s < count; s++) {
    status = mah_zip_open(&member, members[s].name, &archive, &members[s]);
    if (status != MAH_OK) break;
    if (member.size <= (int64_t)sizeof bytes)
      status = mah_source_read(&member, bytes, 0, member.size);
    mah_source_close(&member);
  }
  mah_free(members);
  mah_source_close(&archive);
  return status;
}

#endif
