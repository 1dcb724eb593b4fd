/* main.c - the program `mah`: LuaJIT with the modules of bindings/mah and the core inside.
 *
 * Command line with luajit's habits; exit status 0 success, 1 Lua error (message and traceback on
 * stderr), 2 usage, 130 interrupted; a script that ends well may choose another (base/exit.lua).
 */
#include "call.h"
#include "commands.h"
#include "interrupt.h"
#include "mah.h"
#include "modules.h"
#include "repl.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <link.h>
#include <lua.h>
#include <luajit.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Embedded modules -------------------------------------------------------------------------- */

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

/* -- Where `require` looks --------------------------------------------------------------------- */

/* Adds "DIR/?.lua;DIR/?/init.lua;", or the entry itself where it is a template. */
static void add_place(luaL_Buffer *path, const char *place, size_t size) {
  if (size == 0) return;
  int template = memchr(place, '?', size) != NULL;
  luaL_addlstring(path, place, size);
  if (!template) {
    luaL_addstring(path, "/?.lua;");
    luaL_addlstring(path, place, size);
    luaL_addstring(path, "/?/init.lua");
  }
  luaL_addchar(path, ';');
}

/* package.path: the script's folder, then MAH_PATH (folders or templates with `?`, semicolons in
 * between), then what LuaJIT has. script_ NULL: no script. */
static void set_path(lua_State *L, const char *script_) {
  luaL_Buffer path;
  lua_getglobal(L, "package");
  luaL_buffinit(L, &path);
  const char *slash = script_ ? strrchr(script_, '/') : NULL;
  if (slash) add_place(&path, script_, slash == script_ ? 1 : (size_t)(slash - script_));
  if (script_ && !slash) add_place(&path, ".", 1);
  const char *places = getenv("MAH_PATH");
  while (places != NULL && *places != '\0') {
    size_t size = strcspn(places, ";");
    add_place(&path, places, size);
    places += size + (places[size] == ';');
  }
  lua_getfield(L, 1, "path");
  luaL_addvalue(&path);
  luaL_pushresult(&path);
  lua_setfield(L, 1, "path");
  lua_pop(L, 1);
}

/* -- What to run ------------------------------------------------------------------------------- */

static int run_text(lua_State *L, const char *text, const char *chunk) {
  int status = luaL_loadbuffer(L, text, strlen(text), chunk);
  return status ? mah_report(L, status) : mah_call(L, 0);
}

/* Requires the module, and makes it a global of its name unless there is one. */
static int require_global(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getglobal(L, "require");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  lua_pushvalue(L, 1);
  lua_rawget(L, LUA_GLOBALSINDEX);
  if (lua_isnil(L, -1) && !lua_isboolean(L, -2)) {
    lua_pushvalue(L, -2);
    lua_setglobal(L, name);
  }
  return 0;
}

static int run_library(lua_State *L, const char *name) {
  lua_pushcfunction(L, require_global);
  lua_pushstring(L, name);
  return mah_call(L, 1);
}

/* -e: code that names `mah` finds it as a global, as at the prompt. */
static int run_code(lua_State *L, const char *text) {
  int status = strstr(text, "mah") != NULL ? run_library(L, "mah") : EXIT_OK;
  return status ? status : run_text(L, text, "=(command line)");
}

/* The script on the stack's top, before it runs: it may open the prompt. */
static void prepare_for_prompt(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mah.base.compiler");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "spare_prompts");
  lua_pushvalue(L, -3);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
}

/* file NULL: standard input. argv[script + 1 ...] are the script's arguments. */
static int run_file(lua_State *L, const char *file, char **argv, int script, int argc) {
  int status = luaL_loadfile(L, file);
  if (status == LUA_ERRFILE && file != NULL) mah_hint_at_command(L, file);
  if (status != 0) return mah_report(L, status);
  prepare_for_prompt(L);
  int n = argc - script - 1;
  luaL_checkstack(L, n > 0 ? n : 0, "too many arguments");
  for (int i = script + 1; i < argc; i++) lua_pushstring(L, argv[i]);
  return mah_call(L, n > 0 ? n : 0);
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

static int fail_usage(const char *what, const char *option) {
  fprintf(stderr, "mah: %s '%s'\n", what, option);
  mah_print_usage(stderr);
  return EXIT_USAGE;
}

static int is(const char *argument, const char *option) { return strcmp(argument, option) == 0; }

typedef struct command_line {
  char **argv;
  int argc, script; /* script: its place in argv, or argc */
  int has_code, has_library, is_interactive, has_no_startup;
  const char *doc_; /* a folder */
  int is_html;
  int status;
} command_line;

/* --color and --color=WHEN: the Lua side looks at MAH_COLOR. */
static int read_color(const char *option) {
  const char *when = option[7] == '=' ? option + 8 : "always";
  if (option[7] != '=' && option[7] != '\0') return 0;
  if (!is(when, "always") && !is(when, "never") && !is(when, "auto")) return 0;
  return setenv("MAH_COLOR", when, 1) == 0;
}

/* An option without a value, or --doc; returns 0 when it is none of these. */
static int scan_switch(command_line *c, int *i) {
  const char *option = c->argv[*i];
  if (is(option, "-i")) return c->is_interactive = 1;
  if (is(option, "--no-startup")) return c->has_no_startup = 1;
  if (strncmp(option, "--color", 7) == 0) return read_color(option);
  if (!is(option, "--doc")) return 0;
  c->is_html = *i + 1 < c->argc && is(c->argv[*i + 1], "--html");
  if (*i + c->is_html + 1 >= c->argc) return 0;
  *i += c->is_html + 1;
  c->doc_ = c->argv[*i];
  return 1;
}

/* Looks at the options without running them. Returns -1 to go on, or the exit status. */
static int scan_options(command_line *c) {
  char **argv = c->argv;
  int i = 1;
  for (; i < c->argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    if (is(argv[i], "--complete")) break;
    if (is(argv[i], "--version") || is(argv[i], "-v")) {
      printf("mah %s (%s, %s)\n", mah_version(), LUAJIT_VERSION, mah_simd_name(mah_simd_current()));
      return EXIT_OK;
    }
    if (is(argv[i], "--help") || is(argv[i], "-h")) return mah_print_usage(stdout), EXIT_OK;
    if (is(argv[i], "--")) {
      i++;
      break;
    }
    if (scan_switch(c, &i)) continue;
    if (is(argv[i], "--doc")) return fail_usage("missing argument after", argv[i]);
    if (argv[i][1] != 'e' && argv[i][1] != 'l') return fail_usage("unknown option", argv[i]);
    *(argv[i][1] == 'e' ? &c->has_code : &c->has_library) = 1;
    if (argv[i][2] == '\0' && ++i >= c->argc)
      return fail_usage("missing argument after", argv[i - 1]);
  }
  c->script = i;
  return -1;
}

static int run_options(lua_State *L, command_line *c) {
  char **argv = c->argv;
  int status = EXIT_OK;
  for (int i = 1; i < c->script && status == EXIT_OK && !is(argv[i], "--"); i++) {
    if (scan_switch(c, &i)) continue;
    int library = argv[i][1] == 'l';
    const char *value = argv[i][2] != '\0' ? argv[i] + 2 : argv[++i];
    status = library ? run_library(L, value) : run_code(L, value);
  }
  return status;
}

/* -- The program's life ------------------------------------------------------------------------ */

/* At every exit, also by os.exit: output that could not be written makes the program fail. */
static void close_output(void) {
  int failed = ferror(stdout);
  if (fflush(stdout) == 0 && !failed) return;
  fputs("mah: standard output cannot be written\n", stderr);
  _exit(EXIT_LUA_ERROR);
}

/* The status that a script asked for, to end with when it ends well. */
static int wanted_status(lua_State *L) {
  int status = EXIT_OK;
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_getfield(L, -1, "mah.base.exit");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "status");
    status = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  return status;
}

static int write_reference(lua_State *L, const command_line *c) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mah.docs.reference");
  if (lua_pcall(L, 1, 1, 0) != 0) return mah_report(L, 1);
  lua_pushstring(L, c->doc_);
  lua_pushboolean(L, c->is_html);
  return mah_call(L, 2);
}

/* The module's function gets the arguments behind the command's name; `mah help results` is `mah
 * results --help`. */
static int run_command(lua_State *L, command_line *c, const char *name, const char *module) {
  const char *topic = c->script + 1 < c->argc ? c->argv[c->script + 1] : NULL;
  const char *asked = topic && is(name, "help") ? mah_command_module(topic) : NULL;
  if (asked != NULL)
    lua_pushfstring(L, "require('%s'){'--help'}", asked);
  else
    lua_pushfstring(L, "require('%s')(arg)", module);
  const char *text = lua_tostring(L, -1), *chunk = lua_pushfstring(L, "=mah %s", name);
  int status = run_text(L, text, chunk);
  lua_pop(L, 2);
  return status;
}

static int run_script(lua_State *L, command_line *c, const char *script_) {
  const char *module = script_ != NULL ? mah_command_module(script_) : NULL;
  if (module != NULL) return run_command(L, c, script_, module);
  return run_file(L, script_, c->argv, c->script, c->argc);
}

/* The script, or standard input when there is nothing else to do; then the prompt where one is
 * wanted. A script that fails leaves its globals too. */
static int run_rest(lua_State *L, command_line *c, const char *script_) {
  int is_bare = c->script == c->argc && !c->has_code;
  int has_prompt = c->is_interactive || (is_bare && !c->doc_ && isatty(STDIN_FILENO));
  int has_input = is_bare && !c->has_library && !c->doc_ && !has_prompt;
  int status = EXIT_OK;
  if (c->doc_) status = write_reference(L, c);
  if (status == EXIT_OK && (c->script < c->argc || has_input)) status = run_script(L, c, script_);
  if (!has_prompt) return status ? status : wanted_status(L);
  mah_interrupt_clear();
  return mah_repl_run(L, !c->has_no_startup);
}

static void guard_compiler(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mah.base.compiler");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "guard");
  lua_call(L, 0, 0);
  lua_pop(L, 1);
}

static int run(lua_State *L) {
  command_line *c = lua_touserdata(L, 1);
  lua_settop(L, 0);
  luaL_openlibs(L);
  add_searcher(L);
  mah_repl_register(L);
  guard_compiler(L);
  mah_call_launcher(L, "hush");
  const char *script =
      c->script < c->argc && !is(c->argv[c->script], "-") ? c->argv[c->script] : NULL;
  set_path(L, script);
  set_arg(L, c->argv, c->script < c->argc ? c->script : 0, c->argc);
  c->status = run_options(L, c);
  if (c->status == EXIT_OK) c->status = run_rest(L, c, script);
  return 0;
}

/* Libraries that scripts loaded stay until the process ends: lua_close would unload them under
 * threads of their own that still run (Pango has one that reads the fonts). */
static void keep_libraries(void) {
  struct link_map *library = NULL;
  void *program = dlopen(NULL, RTLD_LAZY);
  if (program == NULL || dlinfo(program, RTLD_DI_LINKMAP, &library) != 0) return;
  for (; library != NULL; library = library->l_next)
    if (library->l_name[0] != '\0')
      (void)dlopen(library->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

int main(int argc, char **argv) {
  command_line c = {.argv = argv, .argc = argc};
  atexit(close_output);
  c.status = scan_options(&c);
  if (c.status >= 0) return c.status;
  lua_State *L = luaL_newstate();
  if (L == NULL) return fputs("mah: out of memory\n", stderr), EXIT_LUA_ERROR;
  mah_interrupts_begin(L);
  /* Slurm's notice that a job's time is nearly over: a sweep uses it, other code goes on. */
  if (getenv("SLURM_JOB_ID") != NULL) signal(SIGUSR1, SIG_IGN);
  int failed = mah_report(L, lua_cpcall(L, run, &c));
  keep_libraries();
  lua_close(L);
  return failed ? failed : c.status;
}
