--- The status that the program `mah` ends with when its script ends well (bindings/main.c).
---
---     local exit = require "mah.base.exit"
---     exit.status = 3
return { status = 0 }
