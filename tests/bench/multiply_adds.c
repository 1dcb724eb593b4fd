/* multiply_adds.c - what more threads can give at all: pure multiply-adds in registers.
 *
 *   cc -O3 -march=native -ffast-math -pthread multiply_adds.c -o multiply_adds
 *   multiply_adds THREADS
 *
 * Prints the seconds that THREADS threads take together for a fixed number of multiply-adds. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_THREADS = 256, LANES = 96 };

static const double ALL = 1.5e8; /* rounds of LANES multiply-adds */

typedef struct {
  long rounds;
  float sum; /* so that the work is not left out */
} Share;

static void *work(void *given) {
  Share *share = given;
  float lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = (float)i;
  for (long r = 0; r < share->rounds; r++)
    for (int i = 0; i < LANES; i++) lanes[i] = lanes[i] * 0.999F + 0.5F;
  for (int i = 0; i < LANES; i++) share->sum += lanes[i];
  return NULL;
}

int main(int count, char **words) {
  int threads = count > 1 ? atoi(words[1]) : 1;
  if (threads < 1 || threads > MOST_THREADS) return 1;
  static pthread_t handles[MOST_THREADS];
  static Share shares[MOST_THREADS];
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int t = 0; t < threads; t++) {
    shares[t].rounds = (long)(ALL / threads);
    if (pthread_create(&handles[t], NULL, work, &shares[t])) return 1;
  }
  float sum = 0.0F;
  for (int t = 0; t < threads; t++) {
    pthread_join(handles[t], NULL);
    sum += shares[t].sum;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds =
      (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  if (sum != 0.0F) printf("%.6g\n", seconds);
  return 0;
}
