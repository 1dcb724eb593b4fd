/* file.h - files in and out.
 *
 * Writing happens beside the target, in PATH.mah-tmp-NUMBER, which is renamed to PATH when all of
 * it is on the disk: whatever goes wrong, PATH holds what it held before, or the whole new content.
 * The writer holds a lock on that file; what a killed process left has none, and is removed by who
 * writes PATH next. A path that exists and is not a regular file (a pipe, /dev/full), and
 * /dev/stdout and its like, whatever they are, are written to directly.
 *
 * Reading goes through a mah_source, which is a file or a block of memory, so that each parser of a
 * format reads both.
 */
#ifndef MAH_FILE_H
#define MAH_FILE_H

#ifndef MAH_CDEF
#include "base/status.h"

#include <stdint.h>
#endif

/* PATH = the n bytes. The path may be a symbolic link; an existing file keeps its mode. */
mah_status mah_file_write(const char *path, const void *bytes, int64_t n);

int mah_file_is_directory(const char *path);
int mah_file_exists(const char *path);     /* something that is not a directory, and can be read */
int mah_file_is_regular(const char *path); /* neither directory, pipe nor device */

#ifndef MAH_CDEF
/* -- A file that is being written ---------------------------------------------------------------
 *
 *   mah_writer *writer;
 *   MAH_TRY(mah_writer_open(&writer, path));
 *   mah_writer_put(writer, bytes, n);                       // the first failure is kept,
 *   return mah_writer_close(writer);                        // and comes out here
 */
typedef struct mah_writer mah_writer;

mah_status mah_writer_open(mah_writer **out, const char *path);
mah_status mah_writer_put(mah_writer *writer, const void *bytes, int64_t n);
int64_t mah_writer_tell(const mah_writer *writer); /* bytes put so far */
/* Flushes and renames; frees the writer, whatever comes out. After a failed put nothing is renamed
 * and the status of that put is returned. */
mah_status mah_writer_close(mah_writer *writer);
void mah_writer_abandon(mah_writer *writer_); /* leaves PATH as it was; takes NULL */

/* -- Something to read from -------------------------------------------------------------------- */

/* Bytes that come one after the other, as those that are unpacked on the way. */
typedef struct mah_stream mah_stream;
struct mah_stream {
  mah_status (*read)(mah_stream *stream, void *bytes, int64_t offset, int64_t n);
  void (*close)(mah_stream *stream);
};

typedef struct mah_source {
  const char *name;    /* for messages: the path; must outlive the source */
  int64_t size;        /* bytes in all */
  const char *memory;  /* NULL: read from `file` */
  char *owned_;        /* a copy of what cannot be read at a position (a pipe) */
  mah_stream *stream_; /* in the place of the others; each byte can be read once, in order */
  int file;            /* descriptor, or -1 */
} mah_source;

mah_status mah_source_open(mah_source *out, const char *path);
void mah_source_memory(mah_source *out, const char *name, const void *bytes, int64_t n);
/* bytes = source[offset ... offset + n]; MAH_ERROR_FORMAT when it ends before. */
mah_status mah_source_read(const mah_source *source, void *bytes, int64_t offset, int64_t n);
void mah_source_close(mah_source *source);
#endif
#endif
