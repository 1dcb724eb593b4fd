#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux moves at most 2 GiB at a time. */
enum { PIECE = 1 << 30 };

struct mah_writer {
  int file, status;      /* status: of the first failure */
  int direct;            /* no regular file: nothing to rename */
  int64_t written;       /* bytes put */
  int used;              /* bytes waiting in `buffer` */
  char target[PATH_MAX]; /* symbolic links resolved */
  char beside[PATH_MAX + 40];
  char error[512]; /* of the first failure */
  char buffer[1 << 16];
};

static mah_status fail_io(const char *what, const char *path, int error) {
  return mah_fail(MAH_ERROR_FILE, "cannot %s '%s': %s", what, path, strerror(error));
}

static mah_status check_path(const char *path) {
  if (path == NULL || *path == '\0') return mah_fail(MAH_ERROR_ARGUMENT, "the path is empty");
  if (strlen(path) >= PATH_MAX) return fail_io("use", path, ENAMETOOLONG);
  return MAH_OK;
}

int mah_file_is_directory(const char *path) {
  struct stat s;
  return path != NULL && stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

int mah_file_exists(const char *path) {
  struct stat s;
  return path != NULL && stat(path, &s) == 0 && !S_ISDIR(s.st_mode) && access(path, R_OK) == 0;
}

int mah_file_is_regular(const char *path) {
  struct stat s;
  return path != NULL && stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* -- Writing ----------------------------------------------------------------------------------- */

/* All n bytes, whatever the kernel takes at a time. Returns errno, or 0. */
static int write_fully(int file, const char *bytes, int64_t n) {
  while (n > 0) {
    ssize_t done = write(file, bytes, (size_t)(n < PIECE ? n : PIECE));
    if (done < 0 && errno != EINTR) return errno;
    if (done > 0) bytes += done, n -= done;
  }
  return 0;
}

static mah_status fail_writer(mah_writer *w, int error) {
  if (w->status == MAH_OK)
    snprintf(w->error, sizeof w->error, "cannot write '%.400s': %s", w->target, strerror(error));
  w->status = MAH_ERROR_FILE;
  return mah_fail(w->status, "%s", w->error);
}

/* Takes the lock on an open file; fails when another one has it, or when the path has come to mean
 * another file. Where there are no locks, the file is ours if we made it. */
static int claim(int file, const char *path, int is_new) {
  struct stat here, there;
  if (flock(file, LOCK_EX | LOCK_NB) != 0) return is_new && errno != EWOULDBLOCK;
  return fstat(file, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
         here.st_dev == there.st_dev;
}

/* Removes the file unless its writer still lives. Who holds the lock may: nobody else does then. */
static void remove_stale(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return;
  if (claim(file, path, 0)) unlink(path);
  close(file);
}

/* A new file beside the target, with the mode that the target has or would get. */
static int open_beside(mah_writer *w, const struct stat *old_) {
  for (int number = 0, tries = 0; number < 100 && tries < 1000; tries++) {
    snprintf(w->beside, sizeof w->beside, "%s.mah-tmp-%d", w->target, number);
    w->file = open(w->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (w->file < 0 && errno != EEXIST) return errno;
    if (w->file < 0) {
      remove_stale(w->beside);
      number += access(w->beside, F_OK) == 0; /* alive: the next one */
    } else if (claim(w->file, w->beside, 1)) {
      if (old_ != NULL) (void)!fchmod(w->file, old_->st_mode & 0777); /* as good as it gets */
      return 0;
    } else
      close(w->file); /* taken for a stale one in the blink before the lock */
  }
  return EEXIST;
}

/* Makes the new name last: until then a loss of power may bring the old file back. */
static void sync_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
  int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return; /* a folder that may be written to, but not read */
  (void)fsync(file);    /* some file systems have no such thing */
  close(file);
}

/* The descriptor that /dev/stdout and its like name, or -1. It is written to as it stands: to put
 * another file in its place would cut off all that comes later. */
static int named_descriptor(const char *path) {
  int number = -1;
  if (strcmp(path, "/dev/stdout") == 0) return STDOUT_FILENO;
  if (strcmp(path, "/dev/stderr") == 0) return STDERR_FILENO;
  if (sscanf(path, "/dev/fd/%d", &number) != 1) sscanf(path, "/proc/self/fd/%d", &number);
  return number;
}

static int open_target(mah_writer *w, const char *path) {
  struct stat old;
  int exists = stat(path, &old) == 0, descriptor = named_descriptor(path);
  if (descriptor >= 0) {
    w->direct = 1;
    strcpy(w->target, path);
    w->file = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    return w->file < 0 ? errno : 0;
  }
  if (!exists || realpath(path, w->target) == NULL) strcpy(w->target, path);
  if (!exists) return open_beside(w, NULL);
  if (S_ISDIR(old.st_mode)) return EISDIR;
  if (S_ISREG(old.st_mode)) return access(path, W_OK) == 0 ? open_beside(w, &old) : errno;
  w->direct = 1;
  w->file = open(path, O_WRONLY | O_CLOEXEC);
  return w->file < 0 ? errno : 0;
}

mah_status mah_writer_open(mah_writer **out, const char *path) {
  MAH_TRY(check_path(path));
  mah_writer *w = mah_alloc_zero(1, sizeof *w);
  if (w == NULL) return MAH_ERROR_MEMORY;
  int error = open_target(w, path);
  if (error != 0) {
    mah_free(w);
    return fail_io("write", path, error);
  }
  *out = w;
  return MAH_OK;
}

static mah_status flush(mah_writer *w) {
  int error = write_fully(w->file, w->buffer, w->used);
  w->used = 0;
  return error ? fail_writer(w, error) : MAH_OK;
}

mah_status mah_writer_put(mah_writer *w, const void *bytes, int64_t n) {
  if (w->status != MAH_OK) return mah_fail(w->status, "%s", w->error);
  w->written += n;
  if (n > (int64_t)sizeof w->buffer - w->used) MAH_TRY(flush(w));
  if (n > (int64_t)sizeof w->buffer) {
    int error = write_fully(w->file, bytes, n);
    return error ? fail_writer(w, error) : MAH_OK;
  }
  if (n > 0) memcpy(w->buffer + w->used, bytes, (size_t)n);
  w->used += (int)n;
  return MAH_OK;
}

int64_t mah_writer_tell(const mah_writer *w) { return w->written; }

void mah_writer_abandon(mah_writer *w_) {
  if (w_ == NULL) return;
  close(w_->file);
  if (!w_->direct) unlink(w_->beside);
  mah_free(w_);
}

mah_status mah_writer_close(mah_writer *w) {
  mah_status status = w->status;
  if (status == MAH_OK) status = flush(w);
  if (status == MAH_OK && !w->direct && fsync(w->file) != 0) status = fail_writer(w, errno);
  if (status == MAH_OK && !w->direct && rename(w->beside, w->target) != 0)
    status = fail_writer(w, errno);
  if (status != MAH_OK) {
    mah_fail(status, "%s", w->error);
    mah_writer_abandon(w);
    return status;
  }
  if (!w->direct) sync_folder(w->target);
  close(w->file);
  mah_free(w);
  return MAH_OK;
}

mah_status mah_file_write(const char *path, const void *bytes, int64_t n) {
  mah_writer *w;
  if (n < 0 || (bytes == NULL && n > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "%" PRId64 " bytes to write at a null pointer", n);
  MAH_TRY(mah_writer_open(&w, path));
  mah_writer_put(w, bytes, n);
  return mah_writer_close(w);
}

/* -- Reading ----------------------------------------------------------------------------------- */

void mah_source_memory(mah_source *out, const char *name, const void *bytes, int64_t n) {
  *out = (mah_source){.name = name, .size = n, .memory = n > 0 ? bytes : "", .file = -1};
}

void mah_source_close(mah_source *source) {
  if (source->file >= 0) close(source->file);
  if (source->stream_ != NULL) source->stream_->close(source->stream_);
  mah_free(source->owned_);
  *source = (mah_source){.file = -1};
}

static mah_status grow(mah_source *s, int64_t *room) {
  char *larger = mah_alloc(*room ? 2 * *room : 1 << 16, 1);
  if (larger == NULL) return MAH_ERROR_MEMORY;
  if (s->size > 0) memcpy(larger, s->owned_, (size_t)s->size);
  mah_free(s->owned_);
  s->owned_ = larger;
  *room = *room ? 2 * *room : 1 << 16;
  return MAH_OK;
}

/* Reads a pipe to its end. */
static mah_status swallow(mah_source *s) {
  int64_t room = 0;
  for (;;) {
    if (s->size == room) MAH_TRY(grow(s, &room));
    ssize_t done = read(s->file, s->owned_ + s->size, (size_t)(room - s->size));
    if (done == 0) break;
    if (done < 0 && errno != EINTR) return fail_io("read", s->name, errno);
    if (done > 0) s->size += done;
  }
  s->memory = s->owned_;
  return MAH_OK;
}

static mah_status look(mah_source *s) {
  struct stat status;
  s->file = open(s->name, O_RDONLY | O_CLOEXEC);
  if (s->file < 0 || fstat(s->file, &status) != 0) return fail_io("read", s->name, errno);
  if (S_ISDIR(status.st_mode)) return fail_io("read", s->name, EISDIR);
  if (!S_ISREG(status.st_mode)) return swallow(s);
  s->size = status.st_size;
  return MAH_OK;
}

mah_status mah_source_open(mah_source *out, const char *path) {
  *out = (mah_source){.name = path, .file = -1};
  MAH_TRY(check_path(path));
  mah_status status = look(out);
  if (status != MAH_OK) mah_source_close(out);
  return status;
}

mah_status mah_source_read(const mah_source *s, void *bytes, int64_t offset, int64_t n) {
  char *out = bytes;
  if (offset < 0 || n < 0 || offset > s->size || n > s->size - offset)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: truncated: %" PRId64 " bytes at %" PRId64 " wanted, the file has %" PRId64,
                    s->name, n, offset, s->size);
  if (s->stream_ != NULL) return s->stream_->read(s->stream_, bytes, offset, n);
  if (s->memory != NULL) {
    if (n > 0) memcpy(bytes, s->memory + offset, (size_t)n);
    return MAH_OK;
  }
  while (n > 0) {
    ssize_t done = pread(s->file, out, (size_t)(n < PIECE ? n : PIECE), offset);
    if (done == 0) return mah_fail(MAH_ERROR_FORMAT, "%s: became shorter while read", s->name);
    if (done < 0 && errno != EINTR) return fail_io("read", s->name, errno);
    if (done > 0) out += done, offset += done, n -= done;
  }
  return MAH_OK;
}
