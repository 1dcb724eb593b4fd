#include "data/npz.h"

#include "base/memory.h"
#include "data/npy.h"
#include "data/zip_archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct mah_npz {
  mah_archive *archive;
};

/* -- Reading ----------------------------------------------------------------------------------- */

static void drop_ending(char *name) {
  size_t n = strlen(name);
  if (n >= 4 && strcmp(name + n - 4, ".npy") == 0) name[n - 4] = '\0';
}

mah_status mah_npz_open(mah_npz **out, const char *path) {
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the path is missing");
  mah_npz *npz = mah_alloc_zero(1, sizeof *npz);
  if (npz == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_archive_open(&npz->archive, path);
  if (status != MAH_OK) return mah_npz_close(npz), status;
  for (int64_t i = 0; i < npz->archive->count; i++) drop_ending(npz->archive->members[i].name);
  *out = npz;
  return MAH_OK;
}

void mah_npz_close(mah_npz *npz_) {
  if (npz_ == NULL) return;
  mah_archive_close(npz_->archive);
  mah_free(npz_);
}

int64_t mah_npz_count(const mah_npz *npz) { return mah_archive_count(npz->archive); }

const char *mah_npz_name(const mah_npz *npz, int64_t index) {
  return mah_archive_name(npz->archive, index);
}

/* Is the member an array? If it is sound and none, MAH_ERROR_DTYPE. */
static mah_status check_array(const mah_npz *npz, const mah_zip_member *m, const char *name) {
  enum { MAGIC = 6 };
  char begin[MAGIC] = "";
  mah_source member;
  int64_t n = m->bytes < MAGIC ? m->bytes : MAGIC;
  MAH_TRY(mah_zip_open(&member, name, &npz->archive->source, m));
  mah_status status = mah_source_read(&member, begin, 0, n);
  int is_array = memcmp(begin, "\x93NUMPY", MAGIC) == 0;
  if (status == MAH_OK && !is_array) status = mah_zip_drain(&member, n);
  mah_source_close(&member);
  MAH_TRY(status);
  return is_array ? MAH_OK : mah_fail(MAH_ERROR_DTYPE, "%s: it is no array", name);
}

/* After `why`, a refusal of what the member says: is it sound, so that this is what it says? */
static mah_status check_sound(const mah_npz *npz, const mah_zip_member *m, mah_status why) {
  char message[640];
  mah_source member;
  snprintf(message, sizeof message, "%s", mah_error_message());
  MAH_TRY(mah_zip_open(&member, "", &npz->archive->source, m));
  mah_status status = mah_zip_drain(&member, 0);
  mah_source_close(&member);
  MAH_TRY(status);
  return mah_fail(why, "%s", message);
}

mah_status mah_npz_read(mah_tensor *out, const mah_npz *npz, int64_t index, int32_t dtype) {
  char name[MAH_ZIP_NAME + 640];
  mah_source member;
  if (out == NULL || out->store != NULL || index < 0 || index >= npz->archive->count)
    return mah_fail(MAH_ERROR_ARGUMENT, "member %" PRId64 " of %" PRId64 ", or no place for it",
                    index + 1, npz->archive->count);
  snprintf(name, sizeof name, "%.600s: %s", npz->archive->path, npz->archive->members[index].name);
  MAH_TRY(check_array(npz, npz->archive->members + index, name));
  MAH_TRY(mah_zip_open(&member, name, &npz->archive->source, npz->archive->members + index));
  mah_status status = mah_npy_read(out, &member, member.size, dtype);
  mah_source_close(&member);
  if (status == MAH_ERROR_DTYPE || status == MAH_ERROR_SHAPE)
    return check_sound(npz, npz->archive->members + index, status);
  return status;
}

/* -- Writing ----------------------------------------------------------------------------------- */

static mah_status add(mah_zip_writer *zip, const char *array, const mah_tensor *t, int compressed) {
  char name[MAH_ZIP_NAME + 8], header[MAH_NPY_HEADER];
  mah_tensor row_major = {0};
  snprintf(name, sizeof name, "%.*s.npy", MAH_ZIP_NAME, array);
  if (mah_tensor_is_contiguous(t))
    MAH_TRY(mah_tensor_alias(&row_major, t));
  else {
    MAH_TRY(mah_tensor_new(&row_major, t->elem, t->ndim, t->extent));
    mah_tensor_copy(&row_major, t);
  }
  mah_status status = mah_zip_add(zip, name, header, mah_npy_header(header, t), row_major.data,
                                  mah_tensor_count(t) * mah_dtype_size(t->elem), compressed);
  mah_tensor_release(&row_major);
  return status;
}

mah_status mah_npz_save(const char *path, const char *const *names,
                        const mah_tensor *const *tensors, int64_t n, int32_t compressed) {
  mah_zip_writer zip;
  for (int64_t i = 0; i < n; i++) MAH_TRY(mah_npy_check(tensors[i], names[i]));
  MAH_TRY(mah_zip_create(&zip, path));
  for (int64_t i = 0; i < n; i++) {
    mah_status status = add(&zip, names[i], tensors[i], compressed);
    if (status != MAH_OK) return mah_zip_abandon(&zip), status;
  }
  return mah_zip_close(&zip);
}
