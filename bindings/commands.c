#include "commands.h"

#include <lauxlib.h>
#include <string.h>

static const struct {
  const char *name, *arguments, *module, *help;
} commands[] = {
    {"help", "[NAME]", "mah.prompt.help_command",
     "what a function or a class does: mah help train"},
    {"examples", "[NAME]", "mah.prompt.examples",
     "lists the examples, prints one, or --run runs it"},
    {"results", "FILE [STUDY]", "mah.report.store.results", "what sweeps have stored"},
    {"watch", "FILE [STUDY]", "mah.report.store.watch", "a running sweep, live"},
    {"submit", "SCRIPT", "mah.cluster.submit", "hands a script to Slurm"},
    {"classify", "MODEL IMAGE...", "mah.exchange.classify", "which digits are on pictures"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* Options that main.c reads. */
static const struct {
  const char *option, *help;
} options[] = {
    {"-e CODE", "run the code; the global mah is there"},
    {"-i", "open the prompt afterwards; on a terminal, without a script, it opens anyway"},
    {"--no-startup", "open it without the user's init.lua"},
    {"-l NAME", "require the module, as a global"},
    {"--", "stop handling options"},
    {"-", "run standard input"},
    {"--color=WHEN", "always, never, or auto: on a terminal, unless NO_COLOR is set"},
    {"--doc DIR", "write the reference, and definitions for lua-language-server"},
    {"--doc --html DIR", "write the reference as HTML pages"},
    {"--complete WORD...", "what the last word may become, for the completions of shells"},
    {"-v, --version", "show the version"},
    {"-h, --help", "show this text"},
};

const char *mah_command_module(const char *name) {
  if (strcmp(name, "--complete") == 0) return "mah.prompt.completion"; /* the rest are its words */
  for (int i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i].name, name) == 0) return commands[i].module;
  return NULL;
}

void mah_print_usage(FILE *out) {
  fputs("usage: mah [options] [script [arguments]]\n"
        "       mah COMMAND [arguments]\n"
        "commands (--help after one tells more; a script of such a name is ./NAME):\n",
        out);
  for (int i = 0; i < COMMANDS; i++)
    fprintf(out, "  %-8s %-14s  %s\n", commands[i].name, commands[i].arguments, commands[i].help);
  fputs("options:\n", out);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    fprintf(out, "  %-23s  %s\n", options[i].option, options[i].help);
  fputs("MAH_PATH: more folders where require looks, with semicolons in between\n", out);
}

void mah_hint_at_command(lua_State *L, const char *script) {
  if (strpbrk(script, "./") != NULL) return; /* a file's name */
  static const char near[] =
      "local script, names = ... return require('mah.base.options').nearest(script, names)";
  (void)luaL_loadstring(L, near);
  lua_pushstring(L, script);
  lua_newtable(L);
  for (int i = 0; i < COMMANDS; i++) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, commands[i].name);
  }
  int has_name = lua_pcall(L, 2, 1, 0) == 0 && lua_isstring(L, -1);
  if (has_name)
    lua_pushfstring(L, "%s (did you mean the command %s?)", lua_tostring(L, -2),
                    lua_tostring(L, -1));
  else
    lua_pushvalue(L, -2);
  lua_replace(L, -3);
  lua_pop(L, 1);
}
