/* reader.h - what the fuzzers of the readers share. Each is one function that reads a file;
 * reader.c calls it with libFuzzer's bytes as that file, and ends the program when
 *
 *   - memory is not given back, or a failure has no message;
 *   - a block is larger than what so small a file can promise;
 *   - the sanitizers find something. exact_memory.c gives them blocks without a byte to spare.
 */
#ifndef READER_H
#define READER_H

#include "mah.h"

/* Reads the file of `size` bytes, looks at all there is, and gives it back. The size also chooses
 * among the ways to read it, where there are some. */
mah_status fuzz_read(const char *path, int64_t size);

/* The most bytes in a block for each byte of the file (and 2 MiB). A stream by deflate promises
 * 1032 bytes for each of its own. */
extern const int64_t fuzz_promise;

int64_t fuzz_largest(void); /* block since the last call */
#endif
