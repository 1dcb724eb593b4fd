/* interrupt.h - Ctrl-C: what scripts and the prompt make of SIGINT. */
#ifndef MAH_INTERRUPT_H
#define MAH_INTERRUPT_H

#include <lua.h>

/* Call first, from the thread that runs Lua. */
void mah_interrupts_begin(lua_State *L);

/* For a script: the first Ctrl-C raises "interrupted" in Lua and makes core calls fail; the second
 * one ends the process. */
void mah_interrupts_catch(void);
void mah_interrupts_default(void);
int mah_interrupts_caught(void); /* has there been one? */

/* For the prompt: the same for what it runs. A call that does not look is answered for; the second
 * Ctrl-C within three seconds says what the third one does: it ends the process with status 130.
 * While a line is being read, all are only noted. Returns whether it was so already; leaving makes
 * it a script again. */
int mah_interrupts_enter_prompt(void);
void mah_interrupts_leave_prompt(void);
void mah_interrupts_reading(int reading);
#endif
