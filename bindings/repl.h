/* repl.h - the prompt. */
#ifndef MAH_REPL_H
#define MAH_REPL_H

#include <lua.h>

/* Reads and runs lines until the end of input. Returns the exit status. */
int mah_repl_run(lua_State *L);
#endif
