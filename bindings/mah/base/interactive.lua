--- Whether somebody waits at a prompt for what runs.
---
---     interactive.watches      -- true while a line that was typed runs: long work shows a bar
---     interactive.is_worker    -- true in a process that runs a sweep's trials
return { watches = false, is_worker = false }
