#include "reader.h"

#include <string.h>

const int64_t fuzz_promise = 1032 * 32; /* packed by gzip, cells of one byte, room doubled */

static int sum; /* what is read counts, so that it is not left out */

/* Every kind in turn, and what the table says of each column. */
static mah_status look(mah_table *t, int32_t kind) {
  int64_t columns = mah_table_columns(t), size = 0;
  for (int64_t c = 0; c < columns; c++)
    if (c % 3 == 1) MAH_TRY(mah_table_want(t, c, (int32_t)((kind + c) % (MAH_COLUMN_SKIP + 1))));
  MAH_TRY(mah_table_read(t));
  for (int64_t c = 0; c < columns; c++) {
    mah_tensor values = {0}, bytes = {0};
    const char *name = mah_table_name(t, c, &size);
    for (int64_t i = 0; name != NULL && i < size; i++) sum += name[i];
    for (int64_t n = 0; n < mah_table_names(t, c); n++) {
      const char *text = mah_table_name_of(t, c, n, &size);
      for (int64_t i = 0; i < size; i++) sum += text[i];
    }
    if (mah_table_take(&values, &bytes, t, c) != MAH_OK) continue; /* it was not wanted */
    const uint8_t *data = values.data;
    for (int64_t i = 0; i < mah_tensor_count(&values); i++) sum += data[i];
    mah_tensor_release(&values);
    mah_tensor_release(&bytes);
  }
  return MAH_OK;
}

mah_status fuzz_read(const char *path, int64_t size) {
  int i = (int)(size % 4);
  mah_table *t;
  mah_table_options o = {.delimiter = "\0;\0 "[i],
                         .quote = {'"', "\0\0'\0"[i]},
                         .comment = "\0\0%\0"[i],
                         .header = i - 2 < 0 ? -1 : i - 2,
                         .skip = i == 1,
                         .missing = "\0NA\0?",
                         .n_missing = 3};
  MAH_TRY(mah_table_open(&t, path, &o));
  mah_status status = look(t, (int32_t)(size % 10));
  mah_table_close(t);
  return status;
}
