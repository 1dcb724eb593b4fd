#include "data/zip_archive.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

mah_status mah_archive_open(mah_archive **out, const char *path) {
  if (out == NULL || path == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the path is missing");
  mah_archive *archive = mah_alloc_zero(1, sizeof *archive);
  if (archive == NULL) return MAH_ERROR_MEMORY;
  archive->source.file = -1;
  archive->path = mah_alloc((int64_t)strlen(path) + 1, 1);
  mah_status status = archive->path != NULL ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK) status = mah_source_open(&archive->source, strcpy(archive->path, path));
  if (status == MAH_OK) status = mah_zip_list(&archive->members, &archive->count, &archive->source);
  if (status != MAH_OK) return mah_archive_close(archive), status;
  *out = archive;
  return MAH_OK;
}

void mah_archive_close(mah_archive *archive_) {
  if (archive_ == NULL) return;
  mah_source_close(&archive_->source);
  mah_free(archive_->members);
  mah_free(archive_->path);
  mah_free(archive_);
}

int64_t mah_archive_count(const mah_archive *archive) { return archive->count; }

static int is_inside(const mah_archive *archive, int64_t index) {
  return index >= 0 && index < archive->count;
}

const char *mah_archive_name(const mah_archive *archive, int64_t index) {
  return is_inside(archive, index) ? archive->members[index].name : NULL;
}

int64_t mah_archive_bytes(const mah_archive *archive, int64_t index) {
  return is_inside(archive, index) ? archive->members[index].bytes : -1;
}

mah_status mah_archive_read(void *out, const mah_archive *archive, int64_t index) {
  mah_source member;
  if (!is_inside(archive, index))
    return mah_fail(MAH_ERROR_ARGUMENT, "member %" PRId64 " of %" PRId64, index + 1,
                    archive->count);
  MAH_TRY(mah_zip_open(&member, archive->path, &archive->source, archive->members + index));
  mah_status status = member.size > 0 ? mah_source_read(&member, out, 0, member.size) : MAH_OK;
  mah_source_close(&member);
  return status;
}
