#include "data/table/names.h"

#include "base/memory.h"

#include <string.h>

static mah_status make_room(mah_names *names) {
  if (names->text != NULL) return MAH_OK;
  char **text = mah_alloc_zero(names->count, sizeof *text);
  int64_t *size = mah_alloc_zero(names->count, sizeof *size);
  if (text == NULL || size == NULL) {
    mah_free((void *)text);
    mah_free(size);
    return MAH_ERROR_MEMORY;
  }
  names->text = text;
  names->size = size;
  return MAH_OK;
}

mah_status mah_names_keep(mah_names *names, int64_t column, const char *text, int64_t size) {
  MAH_TRY(make_room(names));
  char *copy = mah_alloc(size + 1, 1);
  if (copy == NULL) return MAH_ERROR_MEMORY;
  if (size > 0) memcpy(copy, text, (size_t)size);
  copy[size] = '\0';
  mah_free(names->text[column]);
  names->text[column] = copy;
  names->size[column] = size;
  return MAH_OK;
}

mah_status mah_names_keep_cells(mah_names *names, int64_t first, mah_cell *cells, char *text) {
  for (int64_t c = first; c < names->count; c++, cells++) {
    mah_cell_undouble(cells, text);
    MAH_TRY(mah_names_keep(names, c, text + cells->begin, cells->size));
  }
  return MAH_OK;
}

void mah_names_free(mah_names *names) {
  for (int64_t c = 0; names->text != NULL && c < names->count; c++) mah_free(names->text[c]);
  mah_free((void *)names->text);
  mah_free(names->size);
  *names = (mah_names){0};
}
