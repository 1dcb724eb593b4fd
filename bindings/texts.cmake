# Writes text files, one after the other, as a Lua module that returns their text.
#   cmake -DFILES=a.js,b.js -DOUT=script.lua -P texts.cmake
string(REPLACE "," ";" FILES "${FILES}")
file(WRITE ${OUT} "-- Made by the build from bindings/mah.\nreturn [==[\n")
foreach(file ${FILES})
  file(READ ${file} text)
  file(APPEND ${OUT} "${text}")
endforeach()
file(APPEND ${OUT} "]==]\n")
