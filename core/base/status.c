#include "base/status.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[2048];
static volatile sig_atomic_t interrupted;

const char *mah_version(void) { return MAH_VERSION; }

const char *mah_error_message(void) { return message; }

mah_status mah_fail(mah_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return status;
}

void mah_interrupt_request(void) { interrupted = 1; }
void mah_interrupt_clear(void) { interrupted = 0; }
int mah_interrupt_requested(void) { return interrupted; }
