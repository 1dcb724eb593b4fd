/* interrupt.c - Ctrl-C. Kernels that run for long poll the core's flag; the interpreter sees a
 * hook; LuaJIT's compiled traces see neither.
 */
#include "interrupt.h"

#include "base/status.h"

#include <errno.h>
#include <lauxlib.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  EXIT_INTERRUPTED = 130,
  ANSWER_AFTER = 150, /* milliseconds in which most code has noticed */
  SOON = 3,           /* seconds in which three of them end the program */
  PATIENCE = 1000000, /* instructions of mah's own modules that may still run */
};

static lua_State *state; /* for the signal handler */
static pthread_t main_thread;
static volatile sig_atomic_t at_prompt, is_reading, caught;
static struct timespec last;
static int patience, presses; /* presses: in a row, of Ctrl-C, while something runs */
static sem_t pressed;

/* Is it a Lua function of mah's own? */
static int is_mah(const lua_Debug *ar) { return strncmp(ar->source, "=[mah]/", 7) == 0; }

/* Is the innermost Lua function one of mah's own? */
static int is_inside_mah(lua_State *L, lua_Debug *ar) {
  for (int level = 0; lua_getstack(L, level, ar); level++) {
    lua_getinfo(L, "S", ar);
    if (*ar->what != 'C') return is_mah(ar);
  }
  return 0;
}

/* Pushes where the user's code is, as base/check.lua's errors tell it. */
static void push_where(lua_State *L, lua_Debug *ar) {
  int level = 0;
  for (; lua_getstack(L, level, ar); level++) {
    lua_getinfo(L, "S", ar);
    if (*ar->what != 'C' && !is_mah(ar)) break;
  }
  luaL_where(L, level); /* "" where there is none */
}

/* Raises "interrupted" in the user's code. Mah's own is left to get to where it polls, so that no
 * training ends in the middle of a step; and the prompt's, which catches this, to its end. */
static void stop_hook(lua_State *L, lua_Debug *ar) {
  if (!at_prompt && !mah_interrupt_requested()) { /* a core call has raised it already */
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  if (is_inside_mah(L, ar) && --patience > 0) return;
  if (!at_prompt) { /* a script may catch it and go on */
    lua_sethook(L, NULL, 0, 0);
    mah_interrupt_clear();
  }
  push_where(L, ar);
  lua_pushliteral(L, "interrupted");
  lua_concat(L, 2);
  lua_error(L);
}

/* -- At the prompt ----------------------------------------------------------------------------- */

static void say(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

/* Which one of a row this is: each comes soon after the one before. */
static int count_presses(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  presses = presses > 0 && now.tv_sec - last.tv_sec < SOON ? presses + 1 : 1;
  last = now;
  return presses;
}

/* While a line is read, each only drops the line. */
static void on_press(void) {
  if (is_reading) return;
  int count = count_presses();
  if (count == 1) sem_post(&pressed);
  if (count == 2) say("\nCtrl-C once more within 3 s ends mah and all that is in memory\n");
  if (count < 3) return;
  say("\n");
  _exit(EXIT_INTERRUPTED);
}

/* A thread that answers for calls which do not look for long: a matrix product, say. */
static void *answer(void *unused) {
  struct timespec pause = {.tv_nsec = ANSWER_AFTER * 1000000L};
  for (;;) {
    while (sem_wait(&pressed) != 0) continue;
    nanosleep(&pause, NULL);
    if (!is_reading && mah_interrupt_requested()) say("\ninterrupting when this call ends\n");
  }
  return unused;
}

/* Signals stay with the other threads. */
static void start_answering(void) {
  sigset_t all, before;
  pthread_t thread;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (sem_init(&pressed, 0, 0) == 0 && pthread_create(&thread, NULL, answer, NULL) == 0)
    pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* -- The signal -------------------------------------------------------------------------------- */

/* Lua's state belongs to the main thread, so the signal goes there. */
static void on_interrupt(int number) {
  if (!pthread_equal(pthread_self(), main_thread)) {
    pthread_kill(main_thread, number);
    return;
  }
  caught = 1;
  if (mah_pause_is_first() && !mah_pause_requested()) {
    mah_pause_request();
    return;
  }
  int error = errno;
  if (at_prompt)
    on_press();
  else
    signal(number, SIG_DFL);
  mah_interrupt_request();
  patience = PATIENCE;
  if (!is_reading) lua_sethook(state, stop_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
  errno = error;
}

void mah_interrupts_begin(lua_State *L) {
  state = L;
  main_thread = pthread_self();
}

/* No SA_RESTART: what waits for input is interrupted too. */
void mah_interrupts_catch(void) {
  struct sigaction action = {.sa_handler = on_interrupt};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

int mah_interrupts_caught(void) { return caught; }

void mah_interrupts_default(void) { signal(SIGINT, SIG_DFL); }

int mah_interrupts_enter_prompt(void) {
  static int answers;
  int was_there = at_prompt;
  at_prompt = 1;
  if (!answers) start_answering();
  answers = 1;
  mah_interrupts_catch();
  return was_there;
}

void mah_interrupts_leave_prompt(void) {
  at_prompt = 0;
  mah_interrupts_catch();
}

void mah_interrupts_reading(int reading) {
  is_reading = reading;
  presses = 0;
}
