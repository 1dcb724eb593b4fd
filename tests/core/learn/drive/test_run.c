/* A batch on its way through a network: pieces, legs, and interruption. */
#include "learn/networks.h"

#include "base/parallel.h"
#include "learn/drive/run.h"

/* 1300 rows go through in several pieces; the sum of two halves is the whole. */
static void a_batch_of_several_pieces_is_the_mean_of_its_halves(void **state) {
  (void)state;
  enum { MANY = 1300 };
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0.5);
  mah_rng rng = rng_of(11);
  mah_tensor_release(&f.x);
  mah_tensor_release(&f.y);
  f.x = new_tensor(MAH_FLOAT64, 2, MANY, INPUTS);
  f.y = new_tensor(MAH_INT32, 1, MANY, 0);
  fill_random(&f.x, &rng, 1);
  mah_batch batch = {.x = &f.x, .y = &f.y, .count = MANY};
  double whole, halves[2];
  assert_ok(mah_mlp_gradient(f.net, &whole, NULL, &f.w, &batch));
  for (int h = 0; h < 2; h++) {
    batch.first = h * (MANY / 2);
    batch.count = MANY / 2;
    assert_ok(mah_mlp_gradient(f.net, &halves[h], NULL, &f.w, &batch));
  }
  assert_close(whole, (halves[0] + halves[1]) / 2, 1e-13);
  mah_tensor all = new_tensor(MAH_FLOAT64, 2, MANY, OUTPUTS),
             labels = new_tensor(MAH_INT32, 1, MANY, 0);
  assert_ok(mah_mlp_forward(f.net, &all, &f.w, &f.x, 1));
  assert_ok(mah_mlp_predict(f.net, &labels, &f.w, &f.x));
  for (int64_t i = 0; i < MANY; i++) {
    const double *p = (double *)all.data + i * OUTPUTS;
    int32_t k = ((int32_t *)labels.data)[i];
    assert_close(p[0] + p[1] + p[2], 1, 1e-14);
    assert_true(p[k] >= p[0] && p[k] >= p[1] && p[k] >= p[2]);
  }
  mah_tensor_release(&all);
  mah_tensor_release(&labels);
  free_fixture(&f);
}

static void the_user_may_interrupt_and_go_on(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  double loss;
  mah_interrupt_request();
  assert_fails(MAH_ERROR_INTERRUPTED, "interrupted",
               mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  mah_interrupt_clear();
  assert_ok(mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  free_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_batch_of_several_pieces_is_the_mean_of_its_halves),
      cmocka_unit_test(the_user_may_interrupt_and_go_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
