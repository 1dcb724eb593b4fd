/* elements.c - x[i] = x[i] + 1 over a million elements, scalar: elements.sh compares Lua with it.
 * -DT=float -DONE=1 ...; prints the least nanoseconds per element of as many rounds as asked. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 1000000 };

double one = 1; /* Lua's: the sum is one of doubles, as the compiler cannot know better */

/* x[1] ... x[n] */
__attribute__((noinline)) static void count_up(T *x, long n) {
  for (long i = 1; i <= n; i++) x[i] = x[i] + ONE;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 100;
  T *x = calloc(N + 1, sizeof *x);
  double best = 1e9;
  if (x == NULL) return 1;
  for (int r = 0; r < rounds; r++) {
    double start = now();
    count_up(x, N);
    double ns = (now() - start) / N;
    if (ns < best) best = ns;
  }
  int wrong = x[N] != (T)rounds;
  printf("%.4f\n", best);
  free(x);
  return wrong;
}
