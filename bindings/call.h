/* call.h - the program calls Lua: what its failures look like, and what they mean for its exit
 * status.
 */
#ifndef MAH_CALL_H
#define MAH_CALL_H

#include <lua.h>

enum { EXIT_OK = 0, EXIT_LUA_ERROR = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Calls the chunk below its `n` arguments; returns the exit status. */
int mah_call(lua_State *L, int n);

/* What a call that ended with `status`, of lua_pcall and the like, means for the program: where it
 * failed its message, popped from the stack, goes to stderr. Returns the exit status. */
int mah_report(lua_State *L, int status);

/* Calls a function of the module mah.base.launcher, where a launcher of MPI started the program. */
void mah_call_launcher(lua_State *L, const char *function);
#endif
