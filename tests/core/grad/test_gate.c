/* Dropout and gated units against plain loops, on ragged sizes, with every instruction set. */
#include "testing.h"

#include "base/parallel.h"

static mah_tensor numbers(mah_rng *rng, int32_t dtype, int64_t m, int64_t n) {
  mah_tensor t = new_tensor(dtype, 2, m, n);
  for (int64_t i = 0; i < m * n; i++) set(t.data, dtype, i, 6 * mah_rng_double(rng) - 3);
  return t;
}

/* Word (p / 16) % 4 of block (p / 64) * 16 + p % 16, as the header says. */
static uint32_t word_of(uint64_t key, int64_t p) {
  uint32_t out[4];
  mah_philox(out, key, 0, (uint64_t)(p / 64 * 16 + p % 16));
  return out[p / 16 % 4];
}

static void drops(int32_t dtype, int64_t n) {
  mah_rng rng = rng_of(1);
  double rate = 0.3;
  for (int add = 0; add < 2; add++) {
    mah_tensor x = numbers(&rng, dtype, 1, n), out = numbers(&rng, dtype, 1, n), before = {0};
    assert_ok(mah_tensor_clone(&before, &out));
    if (!add) assert_ok(mah_tensor_fill(&out, NAN));
    assert_ok(mah_drop(&out, &x, rate, 5, 6, add));
    for (int64_t i = 0; i < n; i++) {
      int stays = word_of((uint64_t)5 << 32 | 6, i) >= (uint32_t)(rate * 4294967296.0);
      assert_close(get(out.data, dtype, i),
                   (add ? get(before.data, dtype, i) : 0) +
                       (stays ? get(x.data, dtype, i) / (1 - rate) : 0),
                   tolerance_of(dtype));
    }
    mah_tensor_release(&x), mah_tensor_release(&out), mah_tensor_release(&before);
  }
}

static void gated(int32_t dtype, int64_t m, int64_t half, int32_t gate) {
  mah_rng rng = rng_of(2);
  for (int add = 0; add < 2; add++) {
    mah_tensor x = numbers(&rng, dtype, m, 2 * half), g = numbers(&rng, dtype, m, half);
    mah_tensor y = numbers(&rng, dtype, m, half), dx = numbers(&rng, dtype, m, 2 * half);
    mah_tensor before = {0};
    assert_ok(mah_tensor_clone(&before, &dx));
    if (!add) assert_ok(mah_tensor_fill(&dx, NAN));
    assert_ok(mah_glu(&y, &x, gate));
    assert_ok(mah_back_glu(&dx, &g, &x, gate, add));
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < half; j++) {
        int64_t p = i * 2 * half + j, q = p + half;
        double a = get(x.data, dtype, p), b = get(x.data, dtype, q), s = 1 / (1 + exp(-b));
        double f = gate == MAH_GATE_SIGMOID ? s : b * s;
        double slope = gate == MAH_GATE_SIGMOID ? s * (1 - s) : s * (1 + b * (1 - s));
        double d = get(g.data, dtype, i * half + j);
        assert_close(get(y.data, dtype, i * half + j), a * f, tolerance_of(dtype));
        assert_close(get(dx.data, dtype, p), (add ? get(before.data, dtype, p) : 0) + d * f,
                     tolerance_of(dtype));
        assert_close(get(dx.data, dtype, q), (add ? get(before.data, dtype, q) : 0) + d * a * slope,
                     tolerance_of(dtype));
      }
    mah_tensor_release(&x), mah_tensor_release(&g), mah_tensor_release(&y);
    mah_tensor_release(&dx), mah_tensor_release(&before);
  }
}

static void gates_equal_plain_loops(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      assert_ok(mah_simd_use(simd));
      for (int i = 0; i < RAGGED; i++) {
        drops(dtype, ragged[i]), drops(dtype, 128 + ragged[i]);
        for (int32_t gate = 0; gate < MAH_GATE_COUNT; gate++) {
          gated(dtype, 3, ragged[i], gate), gated(dtype, ragged[i], 5, gate);
        }
      }
    }
  assert_ok(mah_simd_use(mah_simd_best()));
}

static void threads_change_no_bit(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  mah_rng rng = rng_of(3);
  mah_tensor x = numbers(&rng, MAH_FLOAT32, 1001, 203), one = numbers(&rng, MAH_FLOAT32, 1001, 203);
  mah_tensor three = numbers(&rng, MAH_FLOAT32, 1001, 203);
  assert_ok(mah_parallel_use(1));
  assert_ok(mah_drop(&one, &x, 0.5, 1, 2, 0));
  assert_ok(mah_parallel_use(3));
  assert_ok(mah_drop(&three, &x, 0.5, 1, 2, 0));
  assert_memory_equal(one.data, three.data, 1001 * 203 * sizeof(float));
  assert_ok(mah_parallel_use(before));
  mah_tensor_release(&x), mah_tensor_release(&one), mah_tensor_release(&three);
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  mah_tensor x = numbers(&rng, MAH_FLOAT32, 2, 4), odd = numbers(&rng, MAH_FLOAT32, 2, 3);
  mah_tensor wide = numbers(&rng, MAH_FLOAT64, 2, 4);
  assert_fails(MAH_ERROR_ARGUMENT, "[0, 1)", mah_drop(&x, &x, 1, 0, 0, 0));
  assert_fails(MAH_ERROR_SHAPE, "float64 2x4", mah_drop(&wide, &x, 0.5, 0, 0, 0));
  assert_fails(MAH_ERROR_SHAPE, "even number", mah_glu(&x, &odd, 0));
  assert_fails(MAH_ERROR_SHAPE, "glu: y", mah_glu(&odd, &x, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "no gate 7", mah_glu(&odd, &x, 7));
  mah_tensor_release(&x), mah_tensor_release(&odd), mah_tensor_release(&wide);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gates_equal_plain_loops),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(wrong_operands_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
