/* make_fann.c - FANN's networks, and what fann_run makes of a few rows, for
 * tests/lua/exchange/read/fann_spec.lua.
 *
 *   apt-get install libfann-dev
 *   cc -o /tmp/make_fann tests/golden/make_fann.c -lfann -lm
 *   cd tests/golden/fann && /tmp/make_fann
 *
 * Writes NAME.net, and answers.json: {"NAME": {"x": rows, "y": rows}, ...}. Made with libfann
 * 2.2.0+ds-8 of Debian 12, which draws the sparse net's connections and the cascade anew each time.
 */
#include <fann.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 16 };

static FILE *answers;
static unsigned long long state = 1;

/* In [-1, 1), the same on each machine. */
static float next_number(void) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (float)((state >> 40) / 8388608.0 - 1);
}

static void set_weights(struct fann *net) {
  unsigned n = fann_get_total_connections(net);
  struct fann_connection *all = calloc(n, sizeof *all);
  fann_get_connection_array(net, all);
  for (unsigned i = 0; i < n; i++) all[i].weight = 1.5f * next_number();
  fann_set_weight_array(net, all, n);
  free(all);
}

static void write_row(const float *values, unsigned n, const char *end) {
  fprintf(answers, "[");
  for (unsigned i = 0; i < n; i++) fprintf(answers, "%s%.9g", i > 0 ? ", " : "", values[i]);
  fprintf(answers, "]%s", end);
}

/* Rows of growing size: the last ones reach what is cut at 150 / steepness. */
static void record(struct fann *net, const char *name, int scaled, float largest) {
  unsigned inputs = fann_get_num_input(net), outputs = fann_get_num_output(net);
  float x[MOST_ROWS][32], scaled_x[32];
  fprintf(answers, "%s\n\"%s\": {\"x\": [", ftell(answers) > 1 ? "," : "", name);
  for (int row = 0; row < MOST_ROWS; row++) {
    float size = row == 0 ? 0 : powf(largest, (row - 8) / 7.0f);
    for (unsigned i = 0; i < inputs; i++) x[row][i] = size * next_number();
    write_row(x[row], inputs, row + 1 < MOST_ROWS ? ", " : "],\n \"y\": [");
  }
  for (int row = 0; row < MOST_ROWS; row++) {
    memcpy(scaled_x, x[row], sizeof scaled_x);
    if (scaled) fann_scale_input(net, scaled_x);
    float *y = fann_run(net, scaled_x);
    if (scaled) fann_descale_output(net, y);
    write_row(y, outputs, row + 1 < MOST_ROWS ? ", " : "]}");
  }
}

static void save(struct fann *net, const char *name, float largest) {
  char path[64];
  snprintf(path, sizeof path, "%s.net", name);
  fann_save(net, path);
  record(net, name, 0, largest);
}

/* Every function but the stepwise gaussian, which FANN has not, with another steepness each. */
static void set_functions(struct fann *net, int layer, int neurons) {
  for (int i = 0; i < neurons; i++) {
    fann_set_activation_function(net, i < 9 ? i : i + 1, layer, i);
    fann_set_activation_steepness(net, 0.25f * (1 + i % 5), layer, i);
  }
}

static void functions(void) {
  struct fann *net = fann_create_standard(2, 3, 17);
  set_functions(net, 1, 17);
  set_weights(net);
  save(net, "functions", 2000);
  fann_destroy(net);
  net = fann_create_standard(3, 3, 17, 2);
  set_functions(net, 1, 17);
  fann_set_activation_function_output(net, FANN_LINEAR);
  set_weights(net);
  save(net, "hidden", 30);
  fann_destroy(net);
  net = fann_create_standard(3, 2, 3, 4); /* steep: cut before the functions are flat */
  fann_set_activation_function_layer(net, FANN_SIGMOID, 1);
  fann_set_activation_function_layer(net, FANN_SIGMOID_SYMMETRIC, 2);
  fann_set_activation_steepness_hidden(net, 50);
  fann_set_activation_steepness_output(net, 100);
  set_weights(net);
  save(net, "steep", 10);
  fann_destroy(net);
}

static void graphs(void) {
  struct fann *net = fann_create_sparse(0.4f, 4, 5, 6, 4, 2);
  set_weights(net);
  save(net, "sparse", 10);
  fann_destroy(net);
  net = fann_create_shortcut(4, 3, 2, 3, 2);
  fann_set_activation_function_layer(net, FANN_GAUSSIAN, 1);
  fann_set_activation_function_layer(net, FANN_SIGMOID_SYMMETRIC, 2);
  fann_set_activation_function_layer(net, FANN_LINEAR, 3);
  set_weights(net);
  save(net, "shortcut", 10);
  fann_destroy(net);
}

/* Grown on a function of two variables: layers of one neuron, each with shortcuts. */
static void cascade(void) {
  struct fann_train_data *data = fann_create_train(25, 2, 1);
  for (unsigned i = 0; i < 25; i++) {
    data->input[i][0] = (i % 5) / 2.0f - 1;
    data->input[i][1] = (i / 5) / 2.0f - 1;
    data->output[i][0] = data->input[i][0] * data->input[i][1];
  }
  struct fann *net = fann_create_shortcut(2, 2, 1);
  fann_set_activation_function_output(net, FANN_LINEAR);
  set_weights(net);
  fann_cascadetrain_on_data(net, data, 4, 0, 0.0001f);
  save(net, "cascade", 3);
  fann_destroy(net);
  fann_destroy_train(data);
}

static void scaled(void) {
  struct fann_train_data *data = fann_create_train(4, 2, 2);
  for (unsigned i = 0; i < 4; i++)
    for (unsigned j = 0; j < 2; j++) {
      data->input[i][j] = 10 * next_number() + 3;
      data->output[i][j] = 100 * next_number() - 20;
    }
  struct fann *net = fann_create_standard(3, 2, 3, 2);
  fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
  fann_set_activation_function_output(net, FANN_SIGMOID_SYMMETRIC);
  set_weights(net);
  fann_set_scaling_params(net, data, -1, 1, -0.5f, 2);
  save(net, "scaled", 3);
  struct fann *saved = fann_create_from_file("scaled.net"); /* which has six decimals */
  record(saved, "scaled by the file", 1, 30);
  fann_destroy(saved);
  fann_destroy(net);
  fann_destroy_train(data);
}

/* Answers of the library for floats, with the weights that the file of fixed point holds. */
static void fixed(void) {
  struct fann *net = fann_create_standard(3, 3, 4, 2);
  fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
  fann_set_activation_function_output(net, FANN_SIGMOID);
  set_weights(net);
  double unit = pow(2, fann_save_to_fixed(net, "fixed.net"));
  unsigned n = fann_get_total_connections(net);
  struct fann_connection *all = calloc(n, sizeof *all);
  fann_get_connection_array(net, all);
  for (unsigned i = 0; i < n; i++)
    all[i].weight = (float)(floor(all[i].weight * unit + 0.5) / unit);
  fann_set_weight_array(net, all, n);
  free(all);
  record(net, "fixed", 0, 5);
  fann_destroy(net);
}

int main(void) {
  answers = fopen("answers.json", "w");
  if (answers == NULL) return 1;
  fprintf(answers, "{");
  functions();
  graphs();
  cascade();
  scaled();
  fixed();
  fprintf(answers, "\n}\n");
  return fclose(answers) != 0;
}
