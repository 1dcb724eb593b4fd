/* main.c - the program `mah`: LuaJIT with the modules of bindings/mah and the core inside.
 *
 * Command line with luajit's habits; exit status 0 success, 1 Lua error (message and traceback on
 * stderr), 2 usage, 130 interrupted.
 */
#include "modules.h"

#include "mah.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_OK = 0, EXIT_LUA_ERROR = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

static lua_State *state; /* for the signal handler */

/* -- Embedded modules --------------------------------------------------------------------------- */

static int load_embedded(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  for (const mah_module *m = mah_modules; m->name != NULL; m++)
    if (strcmp(m->name, name) == 0) {
      if (luaL_loadbuffer(L, m->text, m->size, m->chunk) != 0) return lua_error(L);
      return 1;
    }
  lua_pushfstring(L, "\n\tno module '%s' inside mah", name);
  return 1;
}

/* Ours come right after package.preload: no file on the path stands in for a part of mah. */
static void add_searcher(lua_State *L) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "loaders");
  for (int i = (int)lua_objlen(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushcfunction(L, load_embedded);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}

/* -- Errors and interrupts ---------------------------------------------------------------------- */

/* Copies the traceback at the stack's top without the frames of C and of mah's own modules. */
static void drop_inner_frames(lua_State *L) {
  luaL_Buffer kept;
  const char *line = lua_tostring(L, -1);
  luaL_buffinit(L, &kept);
  while (*line != '\0') {
    const char *end = strchr(line, '\n');
    size_t size = end ? (size_t)(end - line) + 1 : strlen(line);
    int inner = strncmp(line, "\t[C]:", 5) == 0 || strncmp(line, "\t[mah]/", 7) == 0;
    if (!inner) luaL_addlstring(&kept, line, size);
    line += size;
  }
  luaL_pushresult(&kept);
}

/* The message of any error value, with a traceback. */
static int add_traceback(lua_State *L) {
  if (!lua_isstring(L, 1)) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_isstring(L, -1))
      lua_replace(L, 1);
    else {
      lua_settop(L, 1);
      lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
      lua_replace(L, 1);
    }
  }
  lua_settop(L, 1);
  luaL_traceback(L, L, NULL, 1);
  drop_inner_frames(L);
  lua_pushvalue(L, 1);
  lua_pushliteral(L, "\n");
  lua_pushvalue(L, -3);
  lua_concat(L, 3);
  return 1;
}

static void stop_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted");
}

/* The first Ctrl-C asks: running kernels see the flag, the interpreter the hook. The second one is
 * for loops that look at neither. */
static void on_interrupt(int number) {
  signal(number, SIG_DFL);
  mah_interrupt_request();
  lua_sethook(state, stop_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static int report(lua_State *L, int status) {
  if (status == 0) return EXIT_OK;
  const char *message = lua_tostring(L, -1);
  fflush(stdout);
  fprintf(stderr, "mah: %s\n", message ? message : "(no message)");
  lua_pop(L, 1);
  return mah_interrupt_requested() ? EXIT_INTERRUPTED : EXIT_LUA_ERROR;
}

/* Calls the chunk below its `n` arguments. */
static int call(lua_State *L, int n) {
  int base = lua_gettop(L) - n;
  lua_pushcfunction(L, add_traceback);
  lua_insert(L, base);
  signal(SIGINT, on_interrupt);
  int status = lua_pcall(L, n, 0, base);
  signal(SIGINT, SIG_DFL);
  lua_remove(L, base);
  return report(L, status);
}

/* -- What to run -------------------------------------------------------------------------------- */

static int run_text(lua_State *L, const char *text, const char *chunk) {
  int status = luaL_loadbuffer(L, text, strlen(text), chunk);
  return status ? report(L, status) : call(L, 0);
}

static int run_library(lua_State *L, const char *name) {
  lua_getglobal(L, "require");
  lua_pushstring(L, name);
  return call(L, 1);
}

/* file NULL: standard input. argv[script + 1 ...] are the script's arguments. */
static int run_file(lua_State *L, const char *file, char **argv, int script, int argc) {
  int status = luaL_loadfile(L, file);
  if (status != 0) return report(L, status);
  int n = argc - script - 1;
  luaL_checkstack(L, n > 0 ? n : 0, "too many arguments");
  for (int i = script + 1; i < argc; i++) lua_pushstring(L, argv[i]);
  return call(L, n > 0 ? n : 0);
}

/* The global `arg`: the script at 0, its arguments from 1, the rest below 0. */
static void set_arg(lua_State *L, char **argv, int script, int argc) {
  lua_createtable(L, argc - script, script + 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

static const char usage[] =
    "usage: mah [options] [script [arguments]]\n"
    "  -e code     run the code\n"
    "  -l name     require the module\n"
    "  --          stop handling options\n"
    "  -           run standard input\n"
    "  --version   show the version\n"
    "  --help      show this text\n";

static int fail_usage(const char *what, const char *option) {
  fprintf(stderr, "mah: %s '%s'\n%s", what, option, usage);
  return EXIT_USAGE;
}

static int is(const char *argument, const char *option) { return strcmp(argument, option) == 0; }

/* Looks at the options without running them. *script: the script's place in argv, or argc. Returns
 * -1 to go on, or the exit status. */
static int scan_options(char **argv, int argc, int *script) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    if (is(argv[i], "--version") || is(argv[i], "-v")) {
      printf("mah %s (%s, %s)\n", mah_version(), LUA_RELEASE, mah_simd_name(mah_simd_current()));
      return EXIT_OK;
    }
    if (is(argv[i], "--help") || is(argv[i], "-h")) return fputs(usage, stdout), EXIT_OK;
    if (is(argv[i], "--")) {
      i++;
      break;
    }
    if (argv[i][1] != 'e' && argv[i][1] != 'l') return fail_usage("unknown option", argv[i]);
    if (argv[i][2] == '\0' && ++i >= argc) return fail_usage("missing argument after", argv[i - 1]);
  }
  *script = i;
  return -1;
}

static int run_options(lua_State *L, char **argv, int script) {
  int status = EXIT_OK;
  for (int i = 1; i < script && status == EXIT_OK && !is(argv[i], "--"); i++) {
    int library = argv[i][1] == 'l';
    const char *value = argv[i][2] != '\0' ? argv[i] + 2 : argv[++i];
    status = library ? run_library(L, value) : run_text(L, value, "=(command line)");
  }
  return status;
}

int main(int argc, char **argv) {
  int script, status = scan_options(argv, argc, &script);
  if (status >= 0) return status;
  lua_State *L = state = luaL_newstate();
  if (L == NULL) return fputs("mah: out of memory\n", stderr), EXIT_LUA_ERROR;
  luaL_openlibs(L);
  add_searcher(L);
  set_arg(L, argv, script < argc ? script : 0, argc);
  status = run_options(L, argv, script);
  if (status == EXIT_OK && (script < argc || script == 1)) {
    const char *file = script < argc && !is(argv[script], "-") ? argv[script] : NULL;
    status = run_file(L, file, argv, script, argc);
  }
  lua_close(L);
  if (fflush(stdout) != 0 && status == EXIT_OK) status = EXIT_LUA_ERROR;
  return status;
}
