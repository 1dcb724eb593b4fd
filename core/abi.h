/* abi.h - lets a caller who parsed the declarations himself (LuaJIT's FFI) compare struct sizes
 * with the ones that this library was compiled with.
 */
#ifndef MAH_ABI_H
#define MAH_ABI_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

typedef struct mah_abi_entry {
  const char *type; /* "mah_tensor"; NULL ends the list */
  int64_t size;     /* sizeof */
} mah_abi_entry;

const mah_abi_entry *mah_abi(void);
#endif
