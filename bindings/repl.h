/* repl.h - the prompt. */
#ifndef MAH_REPL_H
#define MAH_REPL_H

#include <lua.h>

/* Reads and runs lines until the end of input; has_startup: after the user's init.lua. Returns the
 * exit status. */
int mah_repl_run(lua_State *L, int has_startup);

/* Makes the prompt known to Lua, for mah.prompt. */
void mah_repl_register(lua_State *L);
#endif
