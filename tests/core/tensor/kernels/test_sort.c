/* Keys looked over and items stored, on every instruction set, against one after the other. */
#include "testing.h"

#include "tensor/kernels/select.h"
#include "tensor/kernels/sort.h"

MAH_DECLARE_VARIANTS(mah_sort_table, mah_sort_kernels);
MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);

enum { MOST = 33 };

static const mah_sort_table *kernels(mah_simd simd) { return MAH_PICK_FOR(simd, mah_sort_kernels); }

static void the_span_is_from_the_least_to_the_greatest(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int s = 1; s < RAGGED; s++) {
      uint32_t key[MOST], low = UINT32_MAX, high = 0, least, most;
      for (int64_t i = 0; i < ragged[s]; i++) {
        key[i] = mah_rng_u32(&rng);
        low = key[i] < low ? key[i] : low;
        high = key[i] > high ? key[i] : high;
      }
      kernels(simd)->span(&least, &most, key, ragged[s]);
      assert_int_equal(least, low);
      assert_int_equal(most, high);
    }
}

/* One number that shares its key, or one that is out of order, wherever it is. */
static void one_is_enough(void **state) {
  (void)state;
  static const float odd[] = {-0.0f, NAN, -NAN};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int s = 0; s < RAGGED; s++) {
      float x[MOST];
      uint64_t item[MOST];
      int64_t n = ragged[s];
      for (int64_t i = 0; i < n; i++) {
        x[i] = i % 3 == 0 ? 0.0f : i % 3 == 1 ? -INFINITY : INFINITY;
        item[i] = (uint64_t)(i / 2) << 33;
      }
      assert_false(kernels(simd)->share_keys(x, n));
      assert_false(kernels(simd)->disordered(item, n));
      for (int64_t i = 0; i < n; i++) {
        float kept = x[i];
        for (int k = 0; k < 3; k++) {
          x[i] = odd[k];
          assert_true(kernels(simd)->share_keys(x, n));
        }
        x[i] = kept;
        if (i == 0) continue;
        uint64_t before = item[i - 1];
        item[i - 1] = item[i] + 1;
        assert_true(kernels(simd)->disordered(item, n));
        item[i - 1] = before;
      }
    }
}

/* Elements to keys, those to items, and back. */
static void items_become_elements_and_places(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int how = 0; how < 4; how++)
      for (int s = 0; s < RAGGED; s++) {
        mah_key_form form = {how * 1000u, how % 2 ? UINT32_MAX : 0, how / 2};
        uint32_t x[MOST], key[MOST], to[MOST];
        int32_t place[MOST], other[MOST];
        uint64_t item[MOST];
        int64_t n = ragged[s];
        for (int64_t i = 0; i < n; i++) x[i] = mah_rng_u32(&rng) & 0xff7fffffu; /* no NaN */
        MAH_PICK_FOR(simd, mah_select_kernels)
            ->load[form.is_float ? MAH_FLOAT32 : MAH_INT32](key, (const char *)x, 4, n, form.turn);
        for (int64_t i = 0; i < n; i++)
          item[i] = (uint64_t)(key[i] - form.low) << 32 | (uint64_t)(7 * i);
        kernels(simd)->elements(to, place, item, n, &form, 3);
        kernels(simd)->places(other, item, n, 3);
        for (int64_t i = 0; i < n; i++) {
          assert_int_equal(to[i], x[i]);
          assert_int_equal(place[i], 7 * i + 3);
          assert_int_equal(other[i], 7 * i + 3);
        }
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_span_is_from_the_least_to_the_greatest),
      cmocka_unit_test(one_is_enough),
      cmocka_unit_test(items_become_elements_and_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
