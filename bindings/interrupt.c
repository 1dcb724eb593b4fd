/* interrupt.c - Ctrl-C. Kernels that run for long poll the core's flag; the interpreter sees a
 * hook; LuaJIT's compiled traces see neither.
 */
#include "interrupt.h"

#include "base/status.h"

#include <lauxlib.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  EXIT_INTERRUPTED = 130,
  PATIENCE = 1000000, /* instructions of mah's own modules that may still run */
};

static lua_State *state; /* for the signal handler */
static pthread_t main_thread;
static volatile sig_atomic_t at_prompt, is_reading, leave, caught;
static struct timespec last;
static int patience;

/* Is the innermost Lua function one of mah's own? */
static int is_inside_mah(lua_State *L, lua_Debug *ar) {
  for (int level = 0; lua_getstack(L, level, ar); level++) {
    lua_getinfo(L, "S", ar);
    if (*ar->what != 'C') return strncmp(ar->source, "=[mah]/", 7) == 0;
  }
  return 0;
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
  luaL_where(L, 0); /* the function that the hook is in: luaL_error takes its caller */
  lua_pushliteral(L, "interrupted");
  lua_concat(L, 2);
  lua_error(L);
}

/* Was there another one less than a second ago? */
static int is_second(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double seconds = (double)(now.tv_sec - last.tv_sec) + 1e-9 * (double)(now.tv_nsec - last.tv_nsec);
  int second = last.tv_sec != 0 && seconds < 1;
  last = now;
  return second;
}

/* Lua's state belongs to the main thread, so the signal goes there. */
static void on_interrupt(int number) {
  if (!pthread_equal(pthread_self(), main_thread)) {
    pthread_kill(main_thread, number);
    return;
  }
  if (!at_prompt) {
    signal(number, SIG_DFL);
  } else if (is_second()) {
    if (!is_reading) _exit(EXIT_INTERRUPTED);
    leave = 1; /* the line editor has to give the terminal back first */
  }
  mah_interrupt_request();
  caught = 1;
  patience = PATIENCE;
  if (!is_reading) lua_sethook(state, stop_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
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

void mah_interrupts_catch_at_prompt(void) {
  at_prompt = 1;
  mah_interrupts_catch();
}

void mah_interrupts_reading(int reading) { is_reading = reading; }

void mah_interrupts_forget(void) { last.tv_sec = 0; }

int mah_interrupts_leave(void) { return leave; }
