/* zip_archive.h - the members of a ZIP file, for formats that are made of other files. */
#ifndef MAH_ZIP_ARCHIVE_H
#define MAH_ZIP_ARCHIVE_H

#ifndef MAH_CDEF
#include "data/zip.h"
#endif

typedef struct mah_archive mah_archive;

mah_status mah_archive_open(mah_archive **out, const char *path);
int64_t mah_archive_count(const mah_archive *archive);
const char *mah_archive_name(const mah_archive *archive, int64_t index); /* NULL outside */
/* How many bytes it unpacks to: at most 1032 times as many as the file has. -1 outside. */
int64_t mah_archive_bytes(const mah_archive *archive, int64_t index);
/* out = the whole member, mah_archive_bytes() of them; its checksum is looked at. */
mah_status mah_archive_read(void *out, const mah_archive *archive, int64_t index);
void mah_archive_close(mah_archive *archive_); /* takes NULL */

#ifndef MAH_CDEF
struct mah_archive {
  char *path;
  mah_source source;
  mah_zip_member *members;
  int64_t count;
};
#endif
#endif
