/* status.h - how a core function says what went wrong.
 *
 * Every core function that can fail returns a mah_status. When it is not MAH_OK, a message with the
 * offending values waits in mah_error_message() of the same thread, until the next failure there.
 * The core never prints, exits or aborts.
 */
#ifndef MAH_STATUS_H
#define MAH_STATUS_H

typedef int mah_status; /* not the enum itself: LuaJIT boxes enum results, and not ints */

enum {
  MAH_OK = 0,
  MAH_ERROR_ARGUMENT,    /* a value outside its range */
  MAH_ERROR_SHAPE,       /* shapes that do not fit */
  MAH_ERROR_DTYPE,       /* an element type that the function does not take */
  MAH_ERROR_MEMORY,      /* out of memory */
  MAH_ERROR_FILE,        /* a file cannot be opened, read or written */
  MAH_ERROR_FORMAT,      /* a file's content is not what it should be */
  MAH_ERROR_NUMERIC,     /* NaN, infinity, a singular matrix */
  MAH_ERROR_INTERRUPTED, /* mah_interrupt_request() was called */
};

const char *mah_version(void);       /* the one in CMakeLists.txt */
const char *mah_error_message(void); /* of this thread's last failure; "" if there was none */

/* Ctrl-C. request() is safe in a signal handler; long-running core calls poll the flag between
 * mini-batches and return MAH_ERROR_INTERRUPTED. */
void mah_interrupt_request(void);
void mah_interrupt_clear(void);
int mah_interrupt_requested(void);

/* Somebody wants a training to stand still, to be gone on with later. request() is safe in a signal
 * handler; mah_training_run polls the flag between mini-batches, where its deadline is given. */
void mah_pause_request(void);
void mah_pause_clear(void);
int mah_pause_requested(void);

/* Does the first Ctrl-C ask for a pause, so that a training saves where it stands before it is
 * interrupted? A second one interrupts in any case. */
void mah_pause_first(int yes);
int mah_pause_is_first(void);

#ifndef MAH_CDEF
/* Stores the message and returns `status`:  return mah_fail(MAH_ERROR_SHAPE, "...", ...);
 * What a file put into it is made harmless for a terminal (base/text.h). */
mah_status mah_fail(mah_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Leaves the calling function when `call` fails. */
#define MAH_TRY(call)                                                                              \
  do {                                                                                             \
    mah_status status_ = (call);                                                                   \
    if (status_ != MAH_OK) return status_;                                                         \
  } while (0)
#endif
#endif
