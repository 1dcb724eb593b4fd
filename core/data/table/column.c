#include "data/table/column.h"

#include "base/memory.h"
#include "data/table/date.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* -- Cells ------------------------------------------------------------------------------------- */

static int is_word(const char *at, const char *end, const char *word) {
  size_t n = strlen(word);
  return (size_t)(end - at) == n && strncasecmp(at, word, n) == 0;
}

static int parse_truth(int32_t *out, const char *at, const char *end) {
  *out = is_word(at, end, "true");
  return *out || is_word(at, end, "false");
}

/* What counts as true or false once a column is known to hold that. */
static int parse_any_truth(int32_t *out, const char *at, const char *end) {
  static const char *const words[][2] = {{"no", "yes"}, {"n", "y"}, {"f", "t"}, {"0", "1"}};
  if (parse_truth(out, at, end)) return 1;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    for (*out = 0; *out < 2; ++*out)
      if (is_word(at, end, words[i][*out])) return 1;
  return 0;
}

/* 02134 and 007 are names of something, not numbers. */
static int has_leading_zero(const char *at, const char *end) {
  at += at < end && (*at == '-' || *at == '+');
  return end - at > 1 && *at == '0';
}

int32_t mah_cell_kind(const char *at, const char *end, mah_notation notation,
                      const mah_missing *missing) {
  int64_t integer;
  double number;
  int32_t truth;
  if (mah_is_missing(at, end, missing)) return MAH_COLUMN_FIND;
  if (mah_integer_parse(&integer, at, end, notation))
    return has_leading_zero(at, end) ? MAH_COLUMN_TEXT : MAH_COLUMN_INTEGER;
  if (mah_number_parse(&number, at, end, notation)) return MAH_COLUMN_NUMBER;
  if (parse_truth(&truth, at, end)) return MAH_COLUMN_BOOLEAN;
  return mah_date_parse(&integer, at, end) ? MAH_COLUMN_DATE : MAH_COLUMN_TEXT;
}

/* -- Room -------------------------------------------------------------------------------------- */

static int32_t dtype_of(const mah_column *c) {
  switch (c->kind) {
  case MAH_COLUMN_NUMBER: return MAH_FLOAT64;
  case MAH_COLUMN_FLOAT32: return MAH_FLOAT32;
  case MAH_COLUMN_BOOLEAN: return MAH_INT32;
  case MAH_COLUMN_CATEGORY: return MAH_INT32;
  case MAH_COLUMN_TEXT: return c->is_coded ? MAH_INT32 : MAH_INT64;
  default: return MAH_INT64;
  }
}

static int64_t room_of(const mah_tensor *t) { return t->store ? t->extent[0] : 0; }

/* At least `wanted` elements; what was there stays. */
static int grow(mah_tensor *t, int32_t dtype, int64_t used, int64_t wanted) {
  mah_tensor larger = {0};
  if (mah_tensor_new(&larger, dtype, 1, &wanted) != MAH_OK) return 0;
  if (used > 0) memcpy(larger.data, t->data, (size_t)(used * mah_dtype_size(dtype)));
  mah_tensor_release(t);
  *t = larger;
  return 1;
}

static int64_t larger_of(int64_t a, int64_t b) { return a > b ? a : b; }

static int reserve(mah_column *c, int64_t rows, int64_t expected) {
  int64_t wanted = c->rows + rows, room = room_of(&c->values);
  if (wanted <= room) return 1;
  if (expected < wanted) expected = wanted;
  return grow(&c->values, dtype_of(c), c->rows, larger_of(expected, room + room / 4));
}

/* -- Texts ------------------------------------------------------------------------------------- */

/* Appends the text to the bytes; *place is where. */
static int put_text(mah_column *c, int64_t *place, const char *text, int64_t n) {
  int64_t wanted = c->used + MAH_TEXT_HEAD + n, room = room_of(&c->bytes);
  if (wanted > room && !grow(&c->bytes, MAH_UINT8, c->used, larger_of(wanted, 3 * room / 2 + 256)))
    return 0;
  uint8_t *to = (uint8_t *)c->bytes.data + c->used;
  for (int i = 0; i < MAH_TEXT_HEAD; i++) to[i] = (uint8_t)((uint64_t)n >> 8 * i);
  if (n > 0) memcpy(to + MAH_TEXT_HEAD, text, (size_t)n);
  *place = c->used;
  c->used = wanted;
  return 1;
}

static int is_text_at(const mah_column *c, int64_t place, const char *text, int64_t n) {
  const uint8_t *at = (const uint8_t *)c->bytes.data + place;
  int64_t size = 0;
  for (int i = 0; i < MAH_TEXT_HEAD; i++) size |= (int64_t)at[i] << 8 * i;
  return size == n && memcmp(at + MAH_TEXT_HEAD, text, (size_t)n) == 0;
}

static uint64_t hash(const char *text, int64_t n) { /* FNV-1a, in words of eight bytes */
  uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)n, word = 0;
  for (; n >= 8; n -= 8, text += 8) {
    memcpy(&word, text, 8);
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  word = 0;
  if (n > 0) memcpy(&word, text, (size_t)n);
  h = (h ^ word) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

/* The slot of the text, or the free one where it belongs. */
static int64_t find_slot(const mah_column *c, const char *text, int64_t n) {
  int64_t mask = c->slot_count - 1, at = (int64_t)(hash(text, n) & (uint64_t)mask);
  while (c->slots[at] != 0 && !is_text_at(c, c->names[c->slots[at] - 1], text, n))
    at = (at + 1) & mask;
  return at;
}

static int64_t text_size(const mah_column *c, int64_t place) {
  const uint8_t *at = (const uint8_t *)c->bytes.data + place;
  return at[0] | at[1] << 8 | at[2] << 16 | (int64_t)at[3] << 24;
}

/* Twice as many slots and names. */
static int grow_names(mah_column *c) {
  int64_t slots = c->slot_count ? 2 * c->slot_count : 256, room = slots / 2;
  int64_t *names = mah_alloc(room, sizeof *names);
  int32_t *table = mah_alloc_zero(slots, sizeof *table);
  if (names == NULL || table == NULL) {
    mah_free(names);
    mah_free(table);
    return 0;
  }
  if (c->name_count > 0) memcpy(names, c->names, sizeof *names * (size_t)c->name_count);
  mah_free(c->names);
  mah_free(c->slots);
  c->names = names;
  c->slots = table;
  c->slot_count = slots;
  c->name_room = room;
  for (int64_t i = 0; i < c->name_count; i++) {
    const char *text = (const char *)c->bytes.data + c->names[i] + MAH_TEXT_HEAD;
    c->slots[find_slot(c, text, text_size(c, c->names[i]))] = (int32_t)i + 1;
  }
  return 1;
}

/* The text's number among the names, new or not; -1 without memory. */
static int32_t number_of(mah_column *c, const char *text, int64_t n) {
  if (c->name_count == c->name_room && !grow_names(c)) return -1;
  int64_t slot = find_slot(c, text, n);
  if (c->slots[slot] != 0) return c->slots[slot] - 1;
  if (!put_text(c, &c->names[c->name_count], text, n)) return -1;
  c->slots[slot] = (int32_t)++c->name_count;
  return c->slots[slot] - 1;
}

/* Numbers of names become places of texts, in the first `rows` rows. */
static int decode(mah_column *c, int64_t rows) {
  mah_tensor places = {0};
  int64_t room = room_of(&c->values);
  c->is_coded = 0;
  if (mah_tensor_new(&places, MAH_INT64, 1, &room) != MAH_OK) return 0;
  const int32_t *code = c->values.data;
  int64_t *place = places.data;
  for (int64_t i = 0; i < rows; i++) place[i] = code[i] < 0 ? -1 : c->names[code[i]];
  mah_tensor_release(&c->values);
  c->values = places;
  return 1;
}

/* -- Values, one at a time --------------------------------------------------------------------- */

/* What became of a cell. */
enum outcome { DONE, OTHER_KIND, NO_MEMORY };

static enum outcome put_missing(mah_column *c, int64_t row) {
  switch (c->kind) {
  case MAH_COLUMN_NUMBER: return ((double *)c->values.data)[row] = NAN, DONE;
  case MAH_COLUMN_FLOAT32: return ((float *)c->values.data)[row] = NAN, DONE;
  case MAH_COLUMN_BOOLEAN:
  case MAH_COLUMN_CATEGORY: return ((int32_t *)c->values.data)[row] = -1, DONE;
  case MAH_COLUMN_TEXT:
    if (c->is_coded)
      ((int32_t *)c->values.data)[row] = -1;
    else
      ((int64_t *)c->values.data)[row] = -1;
    return DONE;
  default: return ((int64_t *)c->values.data)[row] = INT64_MIN, DONE;
  }
}

static enum outcome put_string(mah_column *c, int64_t row, const char *at, const char *end) {
  if (c->is_coded && c->kind == MAH_COLUMN_TEXT && c->name_count > MAH_CATEGORY_MOST &&
      !decode(c, row))
    return NO_MEMORY;
  if (!c->is_coded)
    return put_text(c, &((int64_t *)c->values.data)[row], at, end - at) ? DONE : NO_MEMORY;
  int32_t number = number_of(c, at, end - at);
  ((int32_t *)c->values.data)[row] = number;
  return number < 0 ? NO_MEMORY : DONE;
}

static enum outcome put_value(mah_column *c, int64_t row, const char *at, const char *end,
                              mah_notation notation) {
  double number;
  switch (c->kind) {
  case MAH_COLUMN_INTEGER:
    if (!c->is_forced && has_leading_zero(at, end)) return OTHER_KIND;
    if (!mah_integer_parse(&((int64_t *)c->values.data)[row], at, end, notation)) return OTHER_KIND;
    return DONE;
  case MAH_COLUMN_NUMBER:
    return mah_number_parse(&((double *)c->values.data)[row], at, end, notation) ? DONE
                                                                                 : OTHER_KIND;
  case MAH_COLUMN_FLOAT32:
    if (!mah_number_parse(&number, at, end, notation)) return OTHER_KIND;
    return ((float *)c->values.data)[row] = (float)number, DONE;
  case MAH_COLUMN_BOOLEAN:
    return parse_any_truth(&((int32_t *)c->values.data)[row], at, end) ? DONE : OTHER_KIND;
  case MAH_COLUMN_DATE:
    return mah_date_parse(&((int64_t *)c->values.data)[row], at, end) ? DONE : OTHER_KIND;
  case MAH_COLUMN_FIND: return OTHER_KIND;
  default: return put_string(c, row, at, end);
  }
}

/* -- Kinds ------------------------------------------------------------------------------------- */

/* From nothing but missing values to the kind of the first one that is there. */
static int settle(mah_column *c, int32_t kind) {
  c->kind = kind;
  c->is_coded = kind == MAH_COLUMN_TEXT || kind == MAH_COLUMN_CATEGORY;
  int64_t room = room_of(&c->values);
  mah_tensor_release(&c->values);
  if (mah_tensor_new(&c->values, dtype_of(c), 1, &room) != MAH_OK) return 0;
  for (int64_t i = 0; i < c->rows; i++) put_missing(c, i);
  return 1;
}

/* Integers become numbers, where they lie. */
static void widen(mah_column *c, int64_t rows) {
  char *data = c->values.data;
  for (int64_t i = 0; i < rows; i++, data += 8) {
    int64_t integer;
    memcpy(&integer, data, 8);
    double number = integer == INT64_MIN ? NAN : (double)integer;
    memcpy(data, &number, 8);
  }
  c->values.elem = MAH_FLOAT64;
  c->kind = MAH_COLUMN_NUMBER;
}

/* The column takes another kind, so that the cell fits. Its first `done` rows of the block are
 * there. Returns 0 when that is impossible. */
static int change_kind(mah_column *c, int64_t done, const char *at, const char *end,
                       const mah_column_cells *cells) {
  int32_t kind = mah_cell_kind(at, end, cells->notation, cells->missing);
  if (c->is_forced) return 0;
  if (c->kind == MAH_COLUMN_FIND) {
    c->rows += done;
    int settled = settle(c, kind);
    c->rows -= done;
    c->is_out_of_memory = !settled;
    return settled;
  }
  if (c->kind == MAH_COLUMN_INTEGER && kind == MAH_COLUMN_NUMBER)
    return widen(c, c->rows + done), 1;
  c->again = 1;
  return 0;
}

/* -- Blocks ------------------------------------------------------------------------------------ */

static enum outcome add_cell(mah_column *c, int64_t i, const mah_column_cells *cells) {
  mah_cell *cell = &cells->cells[i * cells->step];
  mah_cell_undouble(cell, cells->text);
  const char *at = cells->text + cell->begin, *end = at + cell->size;
  int64_t row = c->rows + i;
  int is_number = c->kind == MAH_COLUMN_INTEGER || c->kind == MAH_COLUMN_NUMBER;
  if (is_number && !cells->missing->has_numbers) {
    enum outcome outcome = put_value(c, row, at, end, cells->notation);
    if (outcome == DONE) return DONE;
  }
  if (c->kind != MAH_COLUMN_VERBATIM && mah_is_missing(at, end, cells->missing))
    return put_missing(c, row);
  enum outcome outcome = put_value(c, row, at, end, cells->notation);
  if (outcome != OTHER_KIND || !change_kind(c, i, at, end, cells)) return outcome;
  return put_value(c, row, at, end, cells->notation);
}

void mah_column_add(mah_column *c, const mah_column_cells *cells) {
  if (c->kind == MAH_COLUMN_SKIP || c->again || c->rests || c->failed_row >= 0 ||
      c->is_out_of_memory)
    return;
  if (c->rows == 0 && c->is_forced) c->is_coded = c->kind == MAH_COLUMN_CATEGORY;
  c->is_out_of_memory = !reserve(c, cells->rows, cells->expected);
  for (int64_t i = 0; i < cells->rows && !c->is_out_of_memory; i++) {
    enum outcome outcome = add_cell(c, i, cells);
    if (outcome == DONE) continue;
    if (outcome == NO_MEMORY) c->is_out_of_memory = 1;
    if (outcome == OTHER_KIND && !c->again && !c->is_out_of_memory) c->failed_row = i;
    return;
  }
  c->rows += cells->rows;
}

/* -- The end ----------------------------------------------------------------------------------- */

static mah_status shrink(mah_tensor *t, int32_t dtype, int64_t used) {
  mah_tensor view = {0};
  if (t->store == NULL) return mah_tensor_new(t, dtype, 1, &used);
  if (t->extent[0] == used) return MAH_OK;
  MAH_TRY(mah_tensor_narrow(&view, t, 0, 0, used));
  if (t->extent[0] - used > used / 16) { /* too much to keep */
    mah_tensor copy = {0};
    mah_status status = mah_tensor_clone(&copy, &view);
    mah_tensor_release(&view);
    MAH_TRY(status);
    view = copy;
  }
  mah_tensor_release(t);
  *t = view;
  return MAH_OK;
}

static int64_t count_present(const mah_column *c) {
  int64_t count = 0;
  const int32_t *code = c->values.data;
  for (int64_t i = 0; i < c->rows; i++) count += code[i] >= 0;
  return count;
}

mah_status mah_column_finish(mah_column *c) {
  if (c->kind == MAH_COLUMN_SKIP) return MAH_OK;
  if (c->kind == MAH_COLUMN_VERBATIM) c->kind = MAH_COLUMN_TEXT;
  if (c->kind == MAH_COLUMN_FIND && !settle(c, MAH_COLUMN_NUMBER)) return MAH_ERROR_MEMORY;
  if (c->kind == MAH_COLUMN_TEXT && c->is_coded) { /* found, and the values are few */
    if (c->name_count <= MAH_CATEGORY_MOST && 2 * c->name_count <= count_present(c))
      c->kind = MAH_COLUMN_CATEGORY;
    else if (!decode(c, c->rows))
      return MAH_ERROR_MEMORY;
  }
  MAH_TRY(shrink(&c->values, dtype_of(c), c->rows));
  int has_text = c->kind == MAH_COLUMN_TEXT || c->kind == MAH_COLUMN_CATEGORY;
  return has_text ? shrink(&c->bytes, MAH_UINT8, c->used) : MAH_OK;
}

void mah_column_free(mah_column *c) {
  mah_tensor_release(&c->values);
  mah_tensor_release(&c->bytes);
  mah_free(c->slots);
  mah_free(c->names);
}
