#include "call.h"

#include "interrupt.h"
#include "mah.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Tracebacks -------------------------------------------------------------------------------- */

/* Is this line of a traceback of no use to the user: C, LuaJIT's or mah's own modules? As in
 * mah.base.traceback, which cannot be asked: after a stack overflow no Lua function can run. */
static int is_inner(const char *line) {
  static const char *const starts[] = {"\t[C]:", "\t[builtin#", "\t[mah]/"};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (strncmp(line, starts[i], strlen(starts[i])) == 0) return 1;
  return 0;
}

/* The traceback at the stack's top loses its inner frames, and its title when nothing else is left.
 * Takes no Lua stack to speak of: there is none after a stack overflow. */
static void drop_inner_frames(lua_State *L) {
  const char *line = lua_tostring(L, -1);
  char *kept = malloc(strlen(line) + 1);
  if (kept == NULL) return;
  size_t size = 0, lines = 0;
  for (size_t length; *line != '\0'; line += length) {
    const char *end = strchr(line, '\n');
    length = end ? (size_t)(end - line) + 1 : strlen(line);
    if (is_inner(line)) continue;
    memcpy(kept + size, line, length);
    size += length;
    lines++;
  }
  while (size > 0 && kept[size - 1] == '\n') size--;
  lua_pop(L, 1);
  lua_pushlstring(L, kept, lines > 1 ? size : 0);
  free(kept);
}

/* The exit status that the error value at `index` asks for (base/exit.lua), or -1. */
static int quit_status(lua_State *L, int index) {
  if (!luaL_getmetafield(L, index, "mah_exit_status")) return -1;
  int status = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return status;
}

/* Does the message itself tell what a signal stopped ("Ctrl-C: study ... is interrupted")? Where in
 * the program that was is of no use then. */
static int says_interrupted(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  return message != NULL && strstr(message, ": study ") != NULL &&
         strstr(message, " is interrupted with ") != NULL;
}

/* The message of any error value, with a traceback. */
static int add_traceback(lua_State *L) {
  if (quit_status(L, 1) >= 0) return lua_settop(L, 1), 1;
  if (!lua_isstring(L, 1)) {
    if (!luaL_callmeta(L, 1, "__tostring") || !lua_isstring(L, -1))
      lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    lua_replace(L, 1);
  }
  lua_settop(L, 1);
  if (says_interrupted(L)) return 1;
  luaL_traceback(L, L, NULL, 1);
  drop_inner_frames(L);
  if (lua_objlen(L, -1) == 0) return lua_settop(L, 1), 1;
  lua_pushliteral(L, "\n");
  lua_insert(L, -2);
  lua_concat(L, 3);
  return 1;
}

/* A message does not run into a progress line that stands open. */
static void end_progress(lua_State *L) {
  int top = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_getfield(L, -1, "mah.base.progress");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "close");
    (void)lua_pcall(L, 0, 0, 0);
  }
  lua_settop(L, top);
}

/* Did a launcher of MPI start the program? Asked at its start: an envoy takes the variables
 * away. */
static int has_launcher(void) {
  static int answer = -1;
  if (answer < 0)
    answer = getenv("OMPI_COMM_WORLD_RANK") || getenv("PMI_RANK") || getenv("PMIX_RANK");
  return answer;
}

void mah_call_launcher(lua_State *L, const char *function) {
  if (!has_launcher()) return;
  int top = lua_gettop(L);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mah.base.launcher");
  if (lua_isfunction(L, -2) && lua_pcall(L, 1, 1, 0) == 0) {
    lua_getfield(L, -1, function);
    (void)lua_pcall(L, 0, 0, 0);
  }
  lua_settop(L, top);
}

int mah_report(lua_State *L, int status) {
  if (status == 0) return EXIT_OK;
  end_progress(L);
  int asked = quit_status(L, -1);
  if (asked >= 0) exit(asked);
  mah_call_launcher(L, "let_the_first_speak");
  size_t size = 0;
  const char *message = lua_tolstring(L, -1, &size);
  fflush(stdout);
  fputs("mah: ", stderr);
  if (message) fwrite(message, 1, size, stderr); /* it may contain zeros */
  fputc('\n', stderr);
  int interrupted = (mah_interrupts_caught() || mah_interrupt_requested()) && message != NULL &&
                    strstr(message, "interrupted") != NULL;
  lua_pop(L, 1);
  return interrupted ? EXIT_INTERRUPTED : EXIT_LUA_ERROR;
}

int mah_call(lua_State *L, int n) {
  int base = lua_gettop(L) - n;
  lua_pushcfunction(L, add_traceback);
  lua_insert(L, base);
  mah_interrupts_catch();
  int status = lua_pcall(L, n, 0, base);
  mah_interrupts_default();
  lua_remove(L, base);
  return mah_report(L, status);
}
