/* repl.c - the prompt: libedit reads lines, and the Lua module mah.prompt.repl does the rest.
 *
 * A session is a table of functions: step(line) and interrupt(), which return the next prompt
 * (false: leave), and complete(line, word), which returns a list of what `word` at the line's end
 * may become.
 * Whatever happens in them, the loop here goes on.
 */
#include "repl.h"

#include "base/status.h"
#include "interrupt.h"
#include "paste.h"

#include <editline/readline.h>
#include <lauxlib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>
#include <wchar.h>

enum { EXIT_OK = 0, ASK_BEYOND = 400, PASTE_KEY = 31, DELETE = 127 };

static lua_State *state;
static int session; /* the registry's reference to its table */
static volatile sig_atomic_t resized, continued;
static int queued; /* a character that comes before those of the terminal */

static void on_change(int number) {
  if (number == SIGCONT) continued = 1;
  resized = 1; /* while we were stopped, perhaps */
}

/* -- Calling Lua ------------------------------------------------------------------------------- */

/* Pushes a function of the session; leaves nothing and returns 0 when it is not there. */
static int push_function(lua_State *L, const char *name) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, session);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
  if (lua_isfunction(L, -1)) return 1;
  lua_pop(L, 1);
  return 0;
}

/* Calls the function below its n arguments; one result, or nothing and 0. An error is told. */
static int call(lua_State *L, int n) {
  if (lua_pcall(L, n, 1, 0) == 0) return 1;
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "mah: the prompt: %s\n", message ? message : "(no message)");
  lua_pop(L, 1);
  return 0;
}

/* -- Completion -------------------------------------------------------------------------------- */

/* The candidates are on the stack's top. */
static char *next_candidate(const char *word, int number) {
  static int at;
  (void)word;
  if (number == 0) at = 0;
  lua_rawgeti(state, -1, ++at);
  const char *candidate = lua_tostring(state, -1);
  char *copy = candidate ? strdup(candidate) : NULL;
  lua_pop(state, 1);
  return copy;
}

static char **complete(const char *word, int start, int end) {
  (void)start, (void)end; /* in characters, where rl_point is in bytes */
  rl_attempted_completion_over = 1;
  if (!push_function(state, "complete")) return NULL;
  lua_pushlstring(state, rl_line_buffer, (size_t)rl_point);
  lua_pushstring(state, word);
  if (!call(state, 2)) return NULL;
  char **matches = lua_istable(state, -1) ? rl_completion_matches(word, next_candidate) : NULL;
  lua_pop(state, 1);
  return matches;
}

/* -- Reading ----------------------------------------------------------------------------------- */

/* Waits for input; 0 when a signal came first, also one that came just before. */
static int wait_for_input(int fd) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  sigaddset(&blocked, SIGWINCH);
  sigaddset(&blocked, SIGCONT);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  int ready = 0;
  if (!mah_interrupt_requested() && !resized) {
    fd_set wanted;
    FD_ZERO(&wanted);
    FD_SET(fd, &wanted);
    ready = pselect(fd + 1, &wanted, NULL, NULL, NULL, &before) > 0;
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return ready;
}

/* To the terminal's new size; and after a stop (Ctrl-Z), to the shell's settings of it. */
static void adapt(void) {
  resized = 0;
  if (continued) {
    continued = 0;
    rl_deprep_terminal();
    rl_prep_terminal(1);
    mah_paste_marks(1);
  }
  rl_resize_terminal();
  rl_forced_update_display();
}

/* The terminal's next byte. Notices a new terminal size; -1: the input's end, or Ctrl-C. */
static int next_byte(void) {
  int fd = fileno(rl_instream);
  for (;;) {
    if (resized) adapt();
    int ready = wait_for_input(fd);
    if (mah_interrupt_requested()) return -1;
    unsigned char byte;
    if (ready) return read(fd, &byte, 1) == 1 ? byte : -1;
  }
}

/* The next character; -1 ends the line. */
static int read_character(FILE *file) {
  mbstate_t shift = {0};
  (void)file;
  if (queued) {
    int character = queued;
    queued = 0;
    return character;
  }
  for (;;) {
    int byte = next_byte();
    if (byte < 0) return -1;
    char c = (char)byte;
    wchar_t character;
    size_t used = mbrtowc(&character, &c, 1, &shift);
    if (used == (size_t)-1) return '?'; /* no character of this locale */
    if (used != (size_t)-2) return (int)character;
  }
}

/* Puts pasted text into the line, as it is: no key of it is a command, and it runs when Return is
 * pressed. libedit shows it when the blank behind it is deleted: commands like this one cannot ask
 * for that. */
static int paste(int count, int key) {
  (void)count, (void)key;
  char *text = mah_paste_read(next_byte);
  if (text != NULL) {
    rl_insert_text(text);
    rl_insert_text(" ");
    queued = DELETE;
  }
  free(text);
  return 0;
}

/* libedit shows the prompt first and sets the terminal up then: what is typed in between would be
 * seen twice. */
static int set_terminal_up(void) {
  rl_prep_terminal(1);
  mah_paste_marks(1);
  return 0;
}

static void prepare_editor(void) {
  static int is_prepared;
  if (is_prepared) return;
  is_prepared = 1;
  if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
  rl_readline_name = "mah";
  rl_getc_function = read_character; /* rl_initialize looks at it */
  rl_initialize();
  rl_pre_input_hook = set_terminal_up;
  rl_basic_word_break_characters = " \t\n\"'`()[]{}<>=~+-*/%^#&|,;:.?!@$\\";
  rl_attempted_completion_function = complete;
  rl_completion_append_character = 0;
  rl_completion_query_items = ASK_BEYOND;
  rl_add_defun("mah-paste", paste, PASTE_KEY);
  rl_parse_and_bind("bind -s ^[[200~ ^_"); /* ^_ is PASTE_KEY */
  rl_parse_and_bind("bind ^[[1;5C em-next-word");
  rl_parse_and_bind("bind ^[[1;5D ed-prev-word");
  struct sigaction action = {.sa_handler = on_change, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGWINCH, &action, NULL);
  sigaction(SIGCONT, &action, NULL);
}

/* A line without its end, to be freed; NULL at the input's end and after Ctrl-C. */
static char *read_line(const char *prompt, int is_terminal) {
  if (is_terminal) {
    char *line = readline(prompt);
    mah_paste_marks(0);
    return line;
  }
  fputs(prompt, stdout);
  fflush(stdout);
  char *line = NULL;
  size_t room = 0;
  ssize_t size = getline(&line, &room, stdin);
  if (size < 0) return free(line), NULL;
  if (size > 0 && line[size - 1] == '\n') line[size - 1] = '\0';
  return line;
}

/* -- The loop ---------------------------------------------------------------------------------- */

/* Pushes the session of the program's own prompt, which is not within a script. */
static int new_session(lua_State *L, int is_terminal, int has_startup) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mah.prompt.repl");
  if (!call(L, 1)) return 0;
  lua_pushboolean(L, is_terminal);
  lua_pushboolean(L, has_startup);
  return call(L, 2);
}

/* Gives the session a line, or without one a Ctrl-C, and takes its next prompt. 0: leave. */
static int step(lua_State *L, const char *line_, char *prompt, size_t size) {
  snprintf(prompt, size, "mah> ");
  if (!push_function(L, line_ ? "step" : "interrupt")) return 1;
  if (line_) lua_pushstring(L, line_);
  if (!call(L, line_ != NULL)) return 1;
  int goes_on = lua_toboolean(L, -1) || lua_isnil(L, -1);
  if (lua_isstring(L, -1)) snprintf(prompt, size, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
  return goes_on;
}

/* Until the session, which is on the stack's top, ends. */
static void run(lua_State *L, int is_terminal) {
  char prompt[64];
  lua_State *state_before = state;
  int session_before = session;
  state = L;
  session = luaL_ref(L, LUA_REGISTRYINDEX);
  for (int goes_on = step(L, "", prompt, sizeof prompt); goes_on;) {
    fflush(stdout);
    mah_interrupt_clear();
    mah_interrupts_reading(1);
    char *line = read_line(prompt, is_terminal);
    mah_interrupts_reading(0);
    int interrupted = mah_interrupt_requested();
    mah_interrupt_clear();
    if (line == NULL && !interrupted) break;
    if (interrupted) clearerr(stdin);
    goes_on = step(L, interrupted ? NULL : line, prompt, sizeof prompt);
    free(line);
  }
  if (push_function(L, "finish") && call(L, 0)) lua_pop(L, 1);
  luaL_unref(L, LUA_REGISTRYINDEX, session);
  state = state_before, session = session_before;
}

int mah_repl_run(lua_State *L, int has_startup) {
  int is_terminal = isatty(STDIN_FILENO);
  mah_interrupts_enter_prompt();
  if (is_terminal) prepare_editor(); /* before the module hands it the history */
  if (!new_session(L, is_terminal, has_startup)) return 1;
  run(L, is_terminal);
  return EXIT_OK;
}

/* editor(new_session): the prompt of mah.prompt, within what runs, which goes on afterwards. */
static int run_within(lua_State *L) {
  int was_at_prompt = mah_interrupts_enter_prompt();
  prepare_editor();
  lua_settop(L, 1);
  if (call(L, 0)) run(L, 1);
  mah_interrupt_clear();
  if (!was_at_prompt) mah_interrupts_leave_prompt();
  return 0;
}

void mah_repl_register(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_pushcfunction(L, run_within);
  lua_setfield(L, -2, "mah.prompt.editor");
  lua_pop(L, 1);
}
