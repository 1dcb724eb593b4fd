#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLACK = 2 << 20, HEAD = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void stop(const char *why, int64_t value) {
  fprintf(stderr, "fuzz: %s: %lld (%s)\n", why, (long long)value, mah_error_message());
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static int file = -1;
  static char path[40];
  if (file < 0) {
    file = memfd_create("input", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  }
  if (ftruncate(file, 0) != 0 || pwrite(file, bytes, n, 0) != (ssize_t)n) abort();
  int64_t before = mah_memory_live();
  (void)fuzz_largest();
  mah_status status = fuzz_read(path, (int64_t)n);
  if (mah_memory_live() != before) stop("bytes not given back", mah_memory_live() - before);
  if (status != MAH_OK && strlen(mah_error_message()) < 10) stop("no message", status);
  int64_t largest = fuzz_largest();
  if (largest > fuzz_promise * ((int64_t)n + HEAD) + SLACK) stop("a block too large", largest);
  return 0;
}
