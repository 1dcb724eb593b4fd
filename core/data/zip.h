/* zip.h - ZIP archives with stored and deflated members (PKWARE APPNOTE 6.3), as much as .npz files
 * need. Reading believes the central directory alone, because NumPy's local headers carry no sizes;
 * writing puts ZIP64 records everywhere, so that one path serves files of any size.
 */
#ifndef MAH_ZIP_H
#define MAH_ZIP_H

#ifndef MAH_CDEF
#include "base/file.h"

enum { MAH_ZIP_NAME = 256 };

typedef struct mah_zip_member {
  char name[MAH_ZIP_NAME];
  int method;            /* 0 stored, 8 deflated */
  uint32_t crc;          /* of the unpacked bytes */
  int64_t packed, bytes; /* sizes */
  int64_t header;        /* where the local header lies */
  const char *refusal_;  /* why it cannot be opened */
} mah_zip_member;

/* -- Reading: an archive is a list of members; free it with mah_free(). ------------------------ */

mah_status mah_zip_list(mah_zip_member **members, int64_t *count, const mah_source *source);

/* The member as a source of its own, named `name`, that can be read once from its beginning on: it
 * is unpacked on the way, and whoever reads the last byte learns whether the CRC is right. Close it
 * before `source`. MAH_ERROR_DTYPE: it is packed in a way that we do not know. */
mah_status mah_zip_open(mah_source *out, const char *name, const mah_source *source,
                        const mah_zip_member *member);
/* Reads what is left of an opened member, of which `read` bytes were. */
mah_status mah_zip_drain(const mah_source *opened, int64_t read);

/* -- Writing ----------------------------------------------------------------------------------- */

typedef struct mah_zip_writer {
  mah_writer *writer;
  mah_zip_member *members;
  int64_t count, room;
} mah_zip_writer;

mah_status mah_zip_create(mah_zip_writer *out, const char *path);
/* The member's bytes are the head's and then the data's. */
mah_status mah_zip_add(mah_zip_writer *zip, const char *name, const void *head, int64_t head_bytes,
                       const void *data, int64_t data_bytes, int compressed);
/* Frees the writer's memory in any case; the file appears when all went well. */
mah_status mah_zip_close(mah_zip_writer *zip);
void mah_zip_abandon(mah_zip_writer *zip);
#endif
#endif
