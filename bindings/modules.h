/* modules.h - the Lua modules that the build embeds in the program (embed.cmake). */
#ifndef MAH_MODULES_H
#define MAH_MODULES_H

#include <stddef.h>

typedef struct mah_module {
  const char *name;  /* "mah.learn.train"; NULL ends the list */
  const char *chunk; /* "=[mah]/learn/train.lua", for messages */
  const char *text;
  size_t size;
} mah_module;

extern const mah_module mah_modules[];
#endif
