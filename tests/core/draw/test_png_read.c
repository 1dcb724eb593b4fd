/* Every colour type and depth that a PNG can have, interlaced or not, with and without tRNS and
 * gAMA: written by libpng's rows, read by us, and compared sample by sample.
 */
#include "testing.h"

#include "draw/png.h"

#include <png.h>
#include <unistd.h>

enum { W = 13, H = 11, ENTRIES = 16 };

static char path[] = "/tmp/mah-png-XXXXXX";

static int make_path(void **state) {
  (void)state;
  int file = mkstemp(path);
  return file < 0 ? -1 : close(file);
}

static int remove_path(void **state) {
  (void)state;
  return unlink(path);
}

typedef struct image {
  int type, depth, interlaced, transparent; /* transparent: has a tRNS chunk */
  int channels;
  uint16_t sample[H][W][4];
} image;

static const uint8_t transparency[ENTRIES] = {0, 128, 255, 7};

/* Colours that differ in each channel and from entry to entry. */
static png_color entry(int i) {
  return (png_color){(png_byte)(3 * i), (png_byte)(255 - i), (png_byte)(17 * i % 256)};
}

static void fill(image *m) {
  mah_rng rng = rng_of((uint64_t)(m->type * 100 + m->depth));
  uint32_t most = m->type == PNG_COLOR_TYPE_PALETTE && m->depth > 4 ? ENTRIES : 1u << m->depth;
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      for (int c = 0; c < m->channels; c++)
        m->sample[y][x][c] = (uint16_t)mah_rng_below(&rng, most);
  memcpy(m->sample[5][5], m->sample[0][0], sizeof m->sample[0][0]); /* two transparent ones */
}

static void put_head(png_structp png, png_infop info, const image *m) {
  png_color palette[ENTRIES];
  for (int i = 0; i < ENTRIES; i++) palette[i] = entry(i);
  const uint16_t *key = m->sample[0][0];
  png_color_16 color = {.red = key[0], .green = key[1], .blue = key[2], .gray = key[0]};
  png_set_IHDR(png, info, W, H, m->depth, m->type,
               m->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
  png_set_gAMA(png, info, 1.0);
  if (m->type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE(png, info, palette, m->depth < 4 ? 1 << m->depth : ENTRIES);
  if (m->transparent) png_set_tRNS(png, info, transparency, 2, &color);
  png_write_info(png, info);
}

static void pack_row(uint8_t *row, const image *m, int y) {
  memset(row, 0, W * 8);
  for (int i = 0; i < W * m->channels; i++) {
    unsigned v = m->sample[y][i / m->channels][i % m->channels];
    if (m->depth == 16) {
      row[2 * i] = (uint8_t)(v >> 8);
      row[2 * i + 1] = (uint8_t)v;
    } else {
      int bit = i * m->depth;
      row[bit / 8] |= (uint8_t)(v << (8 - m->depth - bit % 8));
    }
  }
}

static void write_image(const image *m) {
  static uint8_t rows[H][W * 8];
  uint8_t *row[H];
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  put_head(png, info, m);
  for (int y = 0; y < H; y++) pack_row(row[y] = rows[y], m, y);
  png_write_image(png, row);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  assert_int_equal(fclose(file), 0);
}

/* A sample as eight bits. */
static int eight(const image *m, unsigned v) {
  unsigned top = (1u << m->depth) - 1;
  return (int)((v * 255 * 2 + top) / (2 * top));
}

/* What a pixel is to become: 1, 3 or 4 channels; returns how many. */
static int expected(uint8_t out[4], const image *m, int y, int x) {
  const uint16_t *s = m->sample[y][x];
  int color = m->type & PNG_COLOR_MASK_COLOR, alpha = m->type & PNG_COLOR_MASK_ALPHA;
  int is_key = memcmp(s, m->sample[0][0], sizeof *s * (size_t)m->channels) == 0;
  png_color c = entry(s[0] % ENTRIES);
  int palette = m->type == PNG_COLOR_TYPE_PALETTE;
  for (int k = 0; k < 3; k++) out[k] = (uint8_t)eight(m, s[color && !palette ? k : 0]);
  if (palette) out[0] = c.red, out[1] = c.green, out[2] = c.blue;
  out[3] = alpha ? (uint8_t)eight(m, s[m->channels - 1]) : is_key && m->transparent ? 0 : 255;
  if (palette) out[3] = m->transparent && s[0] < 2 ? transparency[s[0]] : 255;
  return alpha || m->transparent ? 4 : color ? 3 : 1;
}

static void check(image *m) {
  mah_tensor back = {0};
  int64_t live = mah_memory_live();
  fill(m);
  write_image(m);
  assert_ok(mah_png_read(&back, path, 0));
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      uint8_t e[4];
      int n = expected(e, m, y, x);
      assert_int_equal(back.extent[2], n);
      const uint8_t *got = (const uint8_t *)back.data + (y * W + x) * n;
      if (memcmp(got, e, (size_t)n) != 0)
        fail_msg("type %d, depth %d, interlaced %d, tRNS %d: pixel %d, %d is %d %d, not %d %d",
                 m->type, m->depth, m->interlaced, m->transparent, y, x, got[0], got[n - 1], e[0],
                 e[n - 1]);
    }
  mah_tensor_release(&back);
  assert_int_equal(mah_memory_live(), live);
}

static void every_kind_gives_its_values(void **state) {
  (void)state;
  static const struct {
    int type, channels, least, most;
  } kinds[] = {{PNG_COLOR_TYPE_GRAY, 1, 1, 16},
               {PNG_COLOR_TYPE_PALETTE, 1, 1, 8},
               {PNG_COLOR_TYPE_RGB, 3, 8, 16},
               {PNG_COLOR_TYPE_GRAY_ALPHA, 2, 8, 16},
               {PNG_COLOR_TYPE_RGB_ALPHA, 4, 8, 16}};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    for (int depth = kinds[k].least; depth <= kinds[k].most; depth *= 2)
      for (int variant = 0; variant < 4; variant++) {
        image m = {.type = kinds[k].type, .depth = depth, .channels = kinds[k].channels};
        m.interlaced = variant & 1;
        m.transparent = variant & 2 && !(m.type & PNG_COLOR_MASK_ALPHA);
        check(&m);
      }
}

/* A header of a few bytes that promises what is not there costs no memory. */
static void forged_sizes_are_refused_before_memory_is_taken(void **state) {
  (void)state;
  static uint8_t bytes[4096];
  image m = {.type = PNG_COLOR_TYPE_RGB, .depth = 8, .channels = 3};
  mah_tensor out = {0};
  fill(&m);
  write_image(&m);
  FILE *file = fopen(path, "r+b");
  size_t n = fread(bytes, 1, sizeof bytes, file);
  for (int i = 0; i < 2; i++) memcpy(bytes + 16 + 4 * i, "\0\0\x3e\x80", 4); /* 16000 x 16000 */
  uint32_t crc = 0xffffffff; /* of the 17 bytes from "IHDR" on */
  for (int i = 12; i < 29; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  for (int i = 0; i < 4; i++) bytes[29 + i] = (uint8_t)(~crc >> (24 - 8 * i));
  rewind(file);
  assert_int_equal(fwrite(bytes, 1, n, file), n);
  fclose(file);
  int64_t peak = mah_memory_peak();
  assert_fails(MAH_ERROR_FORMAT, "too early", mah_png_read(&out, path, 0));
  assert_true(mah_memory_peak() < peak + (1 << 20));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_gives_its_values),
      cmocka_unit_test(forged_sizes_are_refused_before_memory_is_taken),
  };
  return cmocka_run_group_tests(tests, make_path, remove_path);
}
