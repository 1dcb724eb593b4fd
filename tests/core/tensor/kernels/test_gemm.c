/* Packing, and the product that lies under the dense layers (test_dense.c): tiles of every height
 * and width, sums that are taken in several parts.
 */
#include "tensor/dense_variants.h"

/* Room for a packed matrix, with NaN in it: what is not there must be filled up with zeros. */
static void *room(int64_t k, int64_t n) {
  int64_t reals = k * mah_packed_width(n);
  void *packed = mah_alloc(reals, sizeof(double));
  return memset(packed, 255, (size_t)reals * sizeof(double));
}

/* C = A B + bias by the kernel. */
static void multiply(variant *v, void *C, const void *A, const void *B, int packed,
                     const void *bias, int64_t m, int64_t n, int64_t k) {
  void *work = mah_alloc(m * MAH_DEPTH + 1, sizeof(double));
  v->kernels->forward(&(mah_affine){.Y = C,
                                    .X = A,
                                    .W = B,
                                    .is_packed = packed,
                                    .bias = bias,
                                    .room_ = work,
                                    .rows = m,
                                    .inputs = k,
                                    .units = n});
  mah_free(work);
}

/* -- Packing ----------------------------------------------------------------------------------- */

/* What is packed comes out again: the product with the unit matrix. */
static void check_pack(variant *v, int64_t k, int64_t n) {
  int64_t size = v->kernels->real_size;
  void *B = random_reals(&v->rng, v->dtype, k * n), *C = random_reals(&v->rng, v->dtype, k * n);
  void *unit = mah_alloc_zero(k * k, 8), *zero = mah_alloc_zero(n, 8), *packed = room(k, n);
  for (int64_t i = 0; i < k; i++) set(unit, v->dtype, i * k + i, 1);
  v->kernels->pack(packed, B, k, n, 0, k);
  multiply(v, C, unit, packed, 1, zero, k, n, k);
  assert_memory_equal(C, B, (size_t)(k * n * size));
  FREE(B, C, unit, zero, packed);
}

/* The same by parts, and from the transposed matrix by parts. */
static void check_parts(variant *v, int64_t k, int64_t n) {
  size_t bytes = (size_t)(k * mah_packed_width(n) * v->kernels->real_size);
  void *B = random_reals(&v->rng, v->dtype, k * n), *W = random_reals(&v->rng, v->dtype, k * n);
  void *whole = room(k, n), *parts = room(k, n), *transposed = room(k, n);
  for (int64_t i = 0; i < k; i++)
    for (int64_t j = 0; j < n; j++) set(W, v->dtype, j * k + i, get(B, v->dtype, i * n + j));
  v->kernels->pack(whole, B, k, n, 0, k);
  for (int64_t i = 0; i < k; i += 3) v->kernels->pack(parts, B, k, n, i, k - i < 3 ? k - i : 3);
  for (int64_t j = 0; j < n; j += 5)
    v->kernels->pack_transposed(transposed, W, k, n, j, n - j < 5 ? n - j : 5);
  assert_memory_equal(parts, whole, bytes);
  assert_memory_equal(transposed, whole, bytes);
  FREE(B, W, whole, parts, transposed);
}

static void check_packing(variant *v) {
  for (int k = 1; k < RAGGED; k++)
    for (int n = 1; n < RAGGED; n++) {
      check_pack(v, ragged[k], ragged[n]);
      check_parts(v, ragged[k], ragged[n]);
    }
  check_pack(v, 70, 130);
  check_parts(v, 130, 70);
}

static void what_is_packed_comes_out_again(void **state) {
  (void)state;
  for_each_variant(check_packing);
}

/* Panels of any instruction set stay within the room that mah_packed_width tells. */
static void check_room(variant *v) {
  for (int64_t n = 1; n <= 70; n++) {
    int64_t k = 3, size = v->kernels->real_size, reals = k * mah_packed_width(n);
    void *B = random_reals(&v->rng, v->dtype, k * n);
    char *packed = mah_alloc(reals * size + 64, 1);
    memset(packed + reals * size, 7, 64);
    v->kernels->pack(packed, B, k, n, 0, k);
    v->kernels->pack_transposed(packed, B, k, n, 0, n);
    for (int i = 0; i < 64; i++) assert_int_equal(packed[reals * size + i], 7);
    FREE(B, packed);
  }
}

static void packing_stays_within_its_room(void **state) {
  (void)state;
  for_each_variant(check_room);
}

/* -- Products ---------------------------------------------------------------------------------- */

static void check_product(variant *v, int64_t m, int64_t n, int64_t k, int packed) {
  int32_t d = v->dtype;
  void *A = random_reals(&v->rng, d, m * k), *B = random_reals(&v->rng, d, k * n);
  void *C = random_reals(&v->rng, d, (m + 1) * n), *bias = random_reals(&v->rng, d, n);
  void *behind = copy_reals((char *)C + m * n * v->kernels->real_size, d, n), *p = room(k, n);
  v->kernels->pack(p, B, k, n, 0, k);
  multiply(v, C, A, packed ? p : B, packed, bias, m, n, k);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = get(bias, d, j);
      for (int64_t l = 0; l < k; l++) sum += get(A, d, i * k + l) * get(B, d, l * n + j);
      assert_close(get(C, d, i * n + j), sum, 4 * tolerance_of(d));
    }
  for (int64_t j = 0; j < n; j++) assert_true(get(C, d, m * n + j) == get(behind, d, j));
  FREE(A, B, C, bias, behind, p);
}

/* Every height of a tile, from 12 rows down, and every width of a panel. */
static void check_tiles(variant *v) {
  for (int packed = 0; packed <= 1; packed++) {
    for (int64_t m = 0; m <= 31; m++) check_product(v, m, 5, 7, packed);
    for (int64_t m = 0; m <= 31; m++) check_product(v, m, 69, 19, packed); /* A is packed too */
    for (int64_t n = 1; n <= 67; n++) check_product(v, 5, n, 7, packed);
  }
}

static void tiles_of_every_height_and_width_equal_plain_loops(void **state) {
  (void)state;
  for_each_variant(check_tiles);
}

/* Some 256 terms are added up at a time, 384 at most. */
static void check_depths(variant *v) {
  const int64_t depths[] = {0, 1, 383, 384, 385, 512, 639, 640, 1025, 1500};
  for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
    for (int packed = 0; packed <= 1; packed++) check_product(v, 15, 69, depths[i], packed);
}

static void sums_in_several_parts_equal_plain_loops(void **state) {
  (void)state;
  for_each_variant(check_depths);
}

/* A row's results do not depend on the rows beside it (few are not packed): shards may be cut
 * anywhere. */
static void check_rows(variant *v) {
  enum { M = 29, N = 69, K = 600 };
  int64_t size = v->kernels->real_size;
  void *A = random_reals(&v->rng, v->dtype, M * K), *B = random_reals(&v->rng, v->dtype, K * N);
  void *whole = mah_alloc(M * N, 8), *rows = mah_alloc(M * N, 8), *p = room(K, N);
  void *bias = random_reals(&v->rng, v->dtype, N);
  v->kernels->pack(p, B, K, N, 0, K);
  multiply(v, whole, A, p, 1, bias, M, N, K);
  for (int64_t i = 0, n; i < M; i += n) {
    n = i % 5 + 1 < M - i ? i % 5 + 1 : M - i;
    multiply(v, (char *)rows + i * N * size, (char *)A + i * K * size, p, 1, bias, n, N, K);
  }
  assert_memory_equal(rows, whole, (size_t)(M * N * size));
  FREE(A, B, whole, rows, p, bias);
}

static void a_row_has_the_same_bits_whichever_are_beside_it(void **state) {
  (void)state;
  for_each_variant(check_rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_packed_comes_out_again),
      cmocka_unit_test(packing_stays_within_its_room),
      cmocka_unit_test(tiles_of_every_height_and_width_equal_plain_loops),
      cmocka_unit_test(sums_in_several_parts_equal_plain_loops),
      cmocka_unit_test(a_row_has_the_same_bits_whichever_are_beside_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
