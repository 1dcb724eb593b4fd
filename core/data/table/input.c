#include "data/table/input.h"

#include "base/memory.h"

#include <string.h>
#include <zlib.h>

enum { PIECE = 1 << 16 };

typedef struct unpack {
  z_stream z;
  int is_over; /* the last member has ended */
  char piece[PIECE];
} unpack;

static mah_status start_unpacking(mah_input *input) {
  unpack *u = mah_alloc_zero(1, sizeof *u);
  if (u == NULL) return MAH_ERROR_MEMORY;
  input->gz_ = u;
  if (inflateInit2(&u->z, 16 + 15) == Z_OK) return MAH_OK; /* a gzip header, the largest window */
  mah_free(u);
  input->gz_ = NULL;
  return mah_fail(MAH_ERROR_MEMORY, "out of memory for unpacking %s", input->source.name);
}

static void stop_unpacking(mah_input *input) {
  if (input->gz_ == NULL) return;
  inflateEnd(&input->gz_->z);
  mah_free(input->gz_);
  input->gz_ = NULL;
}

mah_status mah_input_open(mah_input *out, const char *path) {
  char magic[2];
  *out = (mah_input){0};
  MAH_TRY(mah_source_open(&out->source, path));
  mah_status status = MAH_OK;
  if (out->source.size >= 2) status = mah_source_read(&out->source, magic, 0, 2);
  if (status == MAH_OK && out->source.size >= 2 && memcmp(magic, "\x1f\x8b", 2) == 0)
    status = start_unpacking(out);
  if (status != MAH_OK) mah_input_close(out);
  return status;
}

void mah_input_close(mah_input *input) {
  stop_unpacking(input);
  mah_source_close(&input->source);
}

mah_status mah_input_rewind(mah_input *input) {
  input->at = 0;
  if (input->gz_ == NULL) return MAH_OK;
  stop_unpacking(input);
  return start_unpacking(input);
}

double mah_input_share(const mah_input *input) {
  return input->source.size > 0 ? (double)input->at / (double)input->source.size : 1;
}

static mah_status take(mah_input *input, char *bytes, int64_t n, int64_t *got) {
  int64_t left = input->source.size - input->at;
  *got = n < left ? n : left;
  MAH_TRY(mah_source_read(&input->source, bytes, input->at, *got));
  input->at += *got;
  return MAH_OK;
}

static mah_status refill(mah_input *input) {
  unpack *u = input->gz_;
  int64_t got;
  if (u->z.avail_in > 0) return MAH_OK;
  MAH_TRY(take(input, u->piece, PIECE, &got));
  u->z.next_in = (Bytef *)u->piece;
  u->z.avail_in = (uInt)got;
  return MAH_OK;
}

/* Files may hold several members, one after the other; zeros may follow the last one. */
static mah_status end_member(mah_input *input) {
  unpack *u = input->gz_;
  MAH_TRY(refill(input));
  u->is_over = u->z.avail_in == 0 || *u->z.next_in == 0;
  if (!u->is_over) inflateReset(&u->z);
  return MAH_OK;
}

static mah_status unpack_some(mah_input *input, char *bytes, int64_t n, int64_t *got) {
  unpack *u = input->gz_;
  u->z.next_out = (Bytef *)bytes;
  u->z.avail_out = (uInt)n;
  while (u->z.avail_out > 0 && !u->is_over) {
    MAH_TRY(refill(input));
    int was_empty = u->z.avail_in == 0, code = inflate(&u->z, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      MAH_TRY(end_member(input));
    } else if (code != Z_OK || was_empty)
      return mah_fail(MAH_ERROR_FORMAT, "%s: broken gzip stream: %s", input->source.name,
                      was_empty  ? "unexpected end of file"
                      : u->z.msg ? u->z.msg
                                 : "damaged");
  }
  *got = n - (int64_t)u->z.avail_out;
  return MAH_OK;
}

mah_status mah_input_read(mah_input *input, char *bytes, int64_t n, int64_t *got) {
  if (input->gz_ == NULL) return take(input, bytes, n, got);
  int64_t part = 1;
  for (*got = 0; *got < n && part > 0; *got += part) {
    int64_t most = n - *got < (1 << 30) ? n - *got : 1 << 30; /* zlib counts with 32 bits */
    MAH_TRY(unpack_some(input, bytes + *got, most, &part));
  }
  return MAH_OK;
}

/* Into *block, which doubles while it is full and smaller than `most`. */
static mah_status load(char **block, int64_t *size, mah_input *input, int64_t most) {
  for (int64_t room = PIECE, got = PIECE; *size < most && got > 0; room *= 2) {
    if (room > most) room = most;
    char *larger = mah_alloc(room, 1);
    if (larger == NULL) return MAH_ERROR_MEMORY;
    if (*size > 0) memcpy(larger, *block, (size_t)*size);
    mah_free(*block);
    *block = larger;
    MAH_TRY(mah_input_read(input, larger + *size, room - *size, &got));
    *size += got;
    if (*size < room) break;
  }
  return MAH_OK;
}

mah_status mah_input_load(mah_tensor *out, const char *path, int64_t most) {
  mah_input input;
  char *block = NULL;
  int64_t size = 0;
  MAH_TRY(mah_input_open(&input, path));
  mah_status status = load(&block, &size, &input, most);
  if (status == MAH_OK) status = mah_tensor_new(out, MAH_UINT8, 1, &size);
  if (status == MAH_OK && size > 0) memcpy(out->data, block, (size_t)size);
  mah_free(block);
  mah_input_close(&input);
  return status;
}
