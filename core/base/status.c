#include "base/status.h"

#include "base/text.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[2048];
static volatile sig_atomic_t interrupted, paused, pause_first;

const char *mah_version(void) { return MAH_VERSION; }

const char *mah_error_message(void) { return message; }

/* "is -nan" becomes "is nan": the sign says nothing, and not all C libraries print it. */
static void drop_signs_of_nan(char *text) {
  for (char *at = text; (at = strstr(at, " -nan")) != NULL; at++)
    memmove(at + 1, at + 2, strlen(at + 1));
}

mah_status mah_fail(mah_status status, const char *format, ...) {
  char raw[sizeof message];
  va_list arguments;
  locale_t before = mah_text_plain_numbers();
  va_start(arguments, format);
  vsnprintf(raw, sizeof raw, format, arguments); /* `message` may be among the arguments */
  va_end(arguments);
  uselocale(before);
  drop_signs_of_nan(raw);
  mah_text_escape(message, sizeof message, raw, (int64_t)strlen(raw), "");
  return status;
}

void mah_interrupt_request(void) { interrupted = 1; }
void mah_interrupt_clear(void) { interrupted = 0; }
int mah_interrupt_requested(void) { return interrupted; }

void mah_pause_request(void) { paused = 1; }
void mah_pause_clear(void) { paused = 0; }
int mah_pause_requested(void) { return paused; }

void mah_pause_first(int yes) { pause_first = yes != 0; }
int mah_pause_is_first(void) { return pause_first; }
