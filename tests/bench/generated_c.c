/* generated_c.c - times the headers that generated_c.lua made: "c_NAME microseconds" a line, each
 * the median of rounds over the 64 rows of the file NAME.
 */
#define _POSIX_C_SOURCE 199309L
#include "digits.h"
#include "small.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 64, ROUNDS = 201, WIDEST = digits_inputs };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int run(const char *folder, const char *name, int inputs,
               void (*predict)(const float *x, float *p)) {
  static float x[ROWS * WIDEST];
  char path[4096];
  double taken[ROUNDS];
  float p[digits_outputs], sum = 0;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file || fread(x, sizeof(float), (size_t)(ROWS * inputs), file) != (size_t)(ROWS * inputs)) {
    fprintf(stderr, "cannot read %s\n", path);
    return 1;
  }
  fclose(file);
  for (int round = 0; round < ROUNDS; round++) {
    double start = seconds();
    for (int k = 0; k < ROWS; k++) {
      predict(x + k * inputs, p);
      sum += p[0];
    }
    taken[round] = (seconds() - start) / ROWS;
  }
  qsort(taken, ROUNDS, sizeof(double), ascending);
  printf("c_%s %.4f\n", name, 1e6 * taken[ROUNDS / 2]);
  return sum != sum; /* the sum keeps the calls */
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  return run(argv[1], "small", small_inputs, small_predict) ||
         run(argv[1], "pictures", digits_inputs, digits_predict) ||
         run(argv[1], "dense", digits_inputs, digits_predict);
}
