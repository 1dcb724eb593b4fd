/* commands.h - the program's own commands, `mah results`, and the text of `mah --help`. */
#ifndef MAH_COMMANDS_H
#define MAH_COMMANDS_H

#include <lua.h>
#include <stdio.h>

/* The module that returns the command's function (arguments), or NULL: there is no such command. */
const char *mah_command_module(const char *name);

void mah_print_usage(FILE *out);

/* The message at the stack's top, of a script that cannot be read, names the command that may be
 * meant. */
void mah_hint_at_command(lua_State *L, const char *script);
#endif
