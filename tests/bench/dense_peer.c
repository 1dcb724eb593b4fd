/* dense_peer.c - what a plain C program needs for the work of train_speed.lua: a multi-layer
 * perceptron with Adam, in float32, on the matrix products of OpenBLAS or, with -DPEER_ONEDNN, of
 * oneDNN. Nothing is fused and no zero skipped.
 *
 *   cc -O3 -march=native -ffast-math -fopenmp dense_peer.c -o dense_openblas -lopenblas -lm
 *   cc -O3 -march=native -ffast-math -fopenmp -DPEER_ONEDNN dense_peer.c -o dense_onednn -ldnnl -lm
 *   dense_openblas version
 *   dense_openblas X.npy Y.npy KIND LASTS ROWS BATCH relu|tanh UNITS...     (inputs first)
 *
 * Prints the median seconds of an epoch (KIND epoch, the first one not counted), of the
 * probabilities for all rows (proba) or for one (row), out of as many as fill LASTS seconds; or of
 * an epoch of several trainings, one by one (many; LASTS is NETWORKSxEPOCHS). KIND loss prints the
 * mean cross-entropy after LASTS epochs. Threads by OMP_NUM_THREADS and OPENBLAS_NUM_THREADS. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef PEER_ONEDNN
#include <dnnl.h>
#else
#include <cblas.h>
#endif

enum { MOST_LAYERS = 64, MOST_TIMES = 1 << 20, LARGE = 1 << 16, ROWS_ONE_BY_ONE = 64 };

typedef struct {
  int layers;                 /* of weights */
  int units[MOST_LAYERS + 1]; /* inputs first */
  int is_tanh;                /* else relu */
  long count;                 /* of parameters, which are flat: W (in x out), then its bias, ... */
  float *weights[MOST_LAYERS], *gradients[MOST_LAYERS]; /* where a layer's begin */
  float *first_moments, *second_moments;
  float *outputs[MOST_LAYERS + 1], *deltas[MOST_LAYERS + 1]; /* of a batch; outputs[0]: its rows */
  long steps;
} Network;

typedef struct {
  int rows, columns;
  float *x;
  int32_t *y;
} Data;

static void fail(const char *what) {
  fprintf(stderr, "dense_peer: %s\n", what);
  exit(1);
}

static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (!memory) fail("out of memory");
  return memset(memory, 0, bytes);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* -- Data -------------------------------------------------------------------------------------- */

/* The elements, of four bytes each, of an .npy file of one or two dimensions. */
static void *read_npy(const char *path, int *rows, int *columns) {
  unsigned char start[10];
  char header[65536];
  FILE *file = fopen(path, "rb");
  if (!file || fread(start, 1, 10, file) != 10) fail(path);
  size_t length = start[8] + 256U * start[9];
  if (fread(header, 1, length, file) != length) fail(path);
  header[length - 1] = 0;
  const char *shape = strstr(header, "'shape': (");
  *columns = 1;
  if (!shape || sscanf(shape, "'shape': (%d, %d", rows, columns) < 1) fail(path);
  size_t count = (size_t)*rows * (size_t)*columns;
  void *elements = allocate(count * 4);
  if (fread(elements, 4, count, file) != count) fail(path);
  fclose(file);
  return elements;
}

/* At most `most` rows of x, and their classes. */
static Data read_data(const char *x_path, const char *y_path, int most) {
  Data data;
  int rows, one;
  data.x = read_npy(x_path, &data.rows, &data.columns);
  data.y = read_npy(y_path, &rows, &one);
  if (most < data.rows) data.rows = most;
  return data;
}

/* -- The network ------------------------------------------------------------------------------- */

static long weights_of(const Network *net, int layer) {
  return (long)net->units[layer] * net->units[layer + 1];
}

/* Glorot's uniform numbers, as Mah and scikit-learn begin; biases are 0. */
static void fill_weights(Network *net) {
  for (int l = 0; l < net->layers; l++) {
    float bound = sqrtf(6.0F / (float)(net->units[l] + net->units[l + 1]));
    for (long i = 0; i < weights_of(net, l); i++)
      net->weights[l][i] = bound * (2.0F * (float)rand() / (float)RAND_MAX - 1.0F);
  }
}

/* units, layers and is_tanh are there; the rest is made, for batches of so many rows. */
static void make_network(Network *net, int batch) {
  net->count = net->steps = 0;
  for (int l = 0; l < net->layers; l++) net->count += weights_of(net, l) + net->units[l + 1];
  size_t bytes = (size_t)net->count * sizeof(float);
  float *weights = allocate(bytes), *gradients = allocate(bytes);
  net->first_moments = allocate(bytes);
  net->second_moments = allocate(bytes);
  for (int l = 0; l <= net->layers; l++) {
    size_t of_batch = (size_t)batch * (size_t)net->units[l] * sizeof(float);
    net->outputs[l] = allocate(of_batch);
    net->deltas[l] = allocate(of_batch);
    if (l == net->layers) break;
    net->weights[l] = weights;
    net->gradients[l] = gradients;
    weights += weights_of(net, l) + net->units[l + 1];
    gradients += weights_of(net, l) + net->units[l + 1];
  }
  fill_weights(net);
}

static void free_network(Network *net) {
  free(net->weights[0]);
  free(net->gradients[0]);
  free(net->first_moments);
  free(net->second_moments);
  for (int l = 0; l <= net->layers; l++) {
    free(net->outputs[l]);
    free(net->deltas[l]);
  }
}

/* C = op(A) op(B) + beta C   op(A): (m,k), op(B): (k,n), C: (m,n), row by row; 'T' turns one. */
static void product(char turn_a, char turn_b, int m, int n, int k, const float *a, const float *b,
                    float beta, float *c) {
  int step_a = turn_a == 'T' ? m : k, step_b = turn_b == 'T' ? k : n;
#ifdef PEER_ONEDNN
  dnnl_sgemm(turn_a, turn_b, m, n, k, 1.0F, a, step_a, b, step_b, beta, c, n);
#else
  cblas_sgemm(CblasRowMajor, turn_a == 'T' ? CblasTrans : CblasNoTrans,
              turn_b == 'T' ? CblasTrans : CblasNoTrans, m, n, k, 1.0F, a, step_a, b, step_b, beta,
              c, n);
#endif
}

static void activate(const Network *net, float *z, long count) {
  if (net->is_tanh) {
#pragma omp parallel for if (count > LARGE)
    for (long i = 0; i < count; i++) z[i] = tanhf(z[i]);
  } else {
#pragma omp parallel for if (count > LARGE)
    for (long i = 0; i < count; i++) z[i] = z[i] > 0.0F ? z[i] : 0.0F;
  }
}

/* dz = dy f'(z), by y = f(z) */
static void gate(const Network *net, float *delta, const float *y, long count) {
  if (net->is_tanh) {
#pragma omp parallel for if (count > LARGE)
    for (long i = 0; i < count; i++) delta[i] *= 1.0F - y[i] * y[i];
  } else {
#pragma omp parallel for if (count > LARGE)
    for (long i = 0; i < count; i++) delta[i] = y[i] > 0.0F ? delta[i] : 0.0F;
  }
}

static void softmax(float *z, int rows, int classes) {
  for (int r = 0; r < rows; r++, z += classes) {
    float most = z[0], sum = 0.0F;
    for (int k = 1; k < classes; k++) most = z[k] > most ? z[k] : most;
    for (int k = 0; k < classes; k++) sum += z[k] = expf(z[k] - most);
    for (int k = 0; k < classes; k++) z[k] /= sum;
  }
}

/* Y = f(X W + bias), layer by layer; the last one's f is the softmax.   x: (rows, units[0]) */
static void forward(Network *net, const float *x, int rows) {
  for (int l = 0; l < net->layers; l++) {
    int inputs = net->units[l], units = net->units[l + 1];
    const float *bias = net->weights[l] + weights_of(net, l);
    float *y = net->outputs[l + 1];
    for (int r = 0; r < rows; r++)
      memcpy(y + (size_t)r * units, bias, (size_t)units * sizeof(float));
    product('N', 'N', rows, units, inputs, l ? net->outputs[l] : x, net->weights[l], 1.0F, y);
    if (l < net->layers - 1) activate(net, y, (long)rows * units);
  }
  softmax(net->outputs[net->layers], rows, net->units[net->layers]);
}

/* The mean cross-entropy's gradient, after a forward pass of the rows in outputs[0]. */
static void backward(Network *net, const int32_t *classes, int rows) {
  int last = net->layers, k = net->units[last];
  for (long i = 0; i < (long)rows * k; i++)
    net->deltas[last][i] = (net->outputs[last][i] - (float)(classes[i / k] == i % k)) / (float)rows;
  for (int l = last - 1; l >= 0; l--) {
    int inputs = net->units[l], units = net->units[l + 1];
    const float *delta = net->deltas[l + 1];
    float *bias = net->gradients[l] + weights_of(net, l);
    product('T', 'N', inputs, units, rows, net->outputs[l], delta, 0.0F, net->gradients[l]);
    memset(bias, 0, (size_t)units * sizeof(float));
    for (int r = 0; r < rows; r++)
      for (int i = 0; i < units; i++) bias[i] += delta[(size_t)r * units + i];
    if (l == 0) break;
    product('N', 'T', rows, inputs, units, delta, net->weights[l], 0.0F, net->deltas[l]);
    gate(net, net->deltas[l], net->outputs[l], (long)rows * inputs);
  }
}

/* Adam (Kingma, Ba 2015) with the usual constants. */
static void update(Network *net) {
  double t = (double)++net->steps;
  float rate = (float)(1e-3 * sqrt(1.0 - pow(0.999, t)) / (1.0 - pow(0.9, t)));
  float *w = net->weights[0], *m = net->first_moments, *v = net->second_moments;
  const float *g = net->gradients[0];
#pragma omp parallel for if (net->count > LARGE)
  for (long i = 0; i < net->count; i++) {
    m[i] = 0.9F * m[i] + 0.1F * g[i];
    v[i] = 0.999F * v[i] + 0.001F * g[i] * g[i];
    w[i] -= rate * m[i] / (sqrtf(v[i]) + 1e-8F);
  }
}

/* -- What is measured -------------------------------------------------------------------------- */

/* One epoch in a new order; `order` and `classes` have room for all rows, and for a batch. */
static void train_epoch(Network *net, const Data *data, int batch, int *order, int32_t *classes) {
  size_t width = (size_t)data->columns;
  for (int i = data->rows - 1; i > 0; i--) {
    int j = rand() % (i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  for (int start = 0; start < data->rows; start += batch) {
    int rows = data->rows - start < batch ? data->rows - start : batch;
    for (int r = 0; r < rows; r++) {
      size_t from = (size_t)order[start + r];
      memcpy(net->outputs[0] + (size_t)r * width, data->x + from * width, width * sizeof(float));
      classes[r] = data->y[from];
    }
    forward(net, net->outputs[0], rows);
    backward(net, classes, rows);
    update(net);
  }
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *list, int count) {
  qsort(list, (size_t)count, sizeof *list, compare);
  return (list[(count - 1) / 2] + list[count / 2]) / 2.0;
}

typedef struct {
  Network *net;
  const Data *data;
  int batch, *order;
  int32_t *classes;
} Work;

static void run_epoch(const Work *w) {
  train_epoch(w->net, w->data, w->batch, w->order, w->classes);
}

static void run_all_rows(const Work *w) { forward(w->net, w->data->x, w->data->rows); }

static void run_one_by_one(const Work *w) {
  for (int i = 0; i < ROWS_ONE_BY_ONE; i++)
    forward(w->net, w->data->x + (size_t)i * (size_t)w->data->columns, 1);
}

/* The median seconds of runs that fill `lasts`, without the first; at least `least` of them. */
static double seconds_of(void (*run)(const Work *), const Work *work, double lasts, int least) {
  double *list = allocate(MOST_TIMES * sizeof *list), start = now();
  int count = 0;
  do {
    double before = now();
    run(work);
    if (count++) list[count - 2] = now() - before;
  } while (count < MOST_TIMES && (count <= least || now() - start < lasts));
  double result = median(list, count - 1);
  free(list);
  return result;
}

/* An epoch of several trainings, one by one, making the networks included. */
static double seconds_of_many(Work *work, const char *how) {
  int networks = 0, epochs = 0;
  if (sscanf(how, "%dx%d", &networks, &epochs) != 2) fail("NETWORKSxEPOCHS is expected");
  double start = now();
  for (int i = 0; i < networks; i++) {
    make_network(work->net, work->batch);
    for (int e = 0; e < epochs; e++) run_epoch(work);
    free_network(work->net);
  }
  return (now() - start) / epochs;
}

/* The mean cross-entropy of all rows, after so many epochs. */
static double loss_after(const Work *work, int epochs) {
  const Data *data = work->data;
  int classes = work->net->units[work->net->layers];
  double sum = 0.0;
  for (int e = 0; e < epochs; e++) run_epoch(work);
  run_all_rows(work);
  for (int r = 0; r < data->rows; r++)
    sum -= log((double)work->net->outputs[work->net->layers][(long)r * classes + data->y[r]]);
  return sum / data->rows;
}

static void print_version(void) {
#ifdef PEER_ONEDNN
  const dnnl_version_t *version = dnnl_version();
  printf("oneDNN %d.%d.%d\n", version->major, version->minor, version->patch);
#else
  char name[32] = "", number[32] = "";
  sscanf(openblas_get_config(), "%31s %31s", name, number);
  printf("%s %s\n", name, number);
#endif
}

int main(int count, char **words) {
  static Network net;
  if (count == 2 && !strcmp(words[1], "version")) {
    print_version();
    return 0;
  }
  if (count < 10 || count - 9 > MOST_LAYERS) fail("see the head of dense_peer.c");
  const char *kind = words[3], *lasts = words[4];
  Data data = read_data(words[1], words[2], atoi(words[5]));
  Work work = {&net, &data, atoi(words[6]), NULL, NULL};
  net.is_tanh = !strcmp(words[7], "tanh");
  net.layers = count - 9;
  for (int l = 0; l <= net.layers; l++) net.units[l] = atoi(words[8 + l]);
  if (net.units[0] != data.columns) fail("UNITS begin with the number of columns");
  int room = strcmp(kind, "proba") && strcmp(kind, "loss") ? work.batch : data.rows;
  work.order = allocate((size_t)data.rows * sizeof *work.order);
  for (int i = 0; i < data.rows; i++) work.order[i] = i;
  work.classes = allocate((size_t)work.batch * sizeof *work.classes);

  double number = 0.0;
  if (strcmp(kind, "many")) make_network(&net, room);
  if (!strcmp(kind, "many"))
    number = seconds_of_many(&work, lasts);
  else if (!strcmp(kind, "epoch"))
    number = seconds_of(run_epoch, &work, atof(lasts), 1);
  else if (!strcmp(kind, "proba"))
    number = seconds_of(run_all_rows, &work, atof(lasts), 3);
  else if (!strcmp(kind, "row"))
    number = seconds_of(run_one_by_one, &work, atof(lasts), 3) / ROWS_ONE_BY_ONE;
  else if (!strcmp(kind, "loss"))
    number = loss_after(&work, atoi(lasts));
  else
    fail("KIND is one of epoch, proba, row, many, loss");
  printf("%.6g\n", number);
  return 0;
}
