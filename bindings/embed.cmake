# Writes every Lua file below the ROOTS (a comma-separated list) into one C source, as the table that
# modules.h declares.   cmake -DROOTS=a/mah,b/mah -DOUT=modules.c -P embed.cmake
string(REPLACE "," ";" ROOTS "${ROOTS}")
set(arrays "")
set(table "")
set(number 0)
foreach(root ${ROOTS})
  file(GLOB_RECURSE files RELATIVE ${root} ${root}/*.lua)
  foreach(file ${files})
    string(REGEX REPLACE "\\.lua$" "" name "mah/${file}")
    string(REGEX REPLACE "/init$" "" name "${name}")
    string(REPLACE "/" "." name "${name}")
    file(READ ${root}/${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(APPEND arrays "static const unsigned char module_${number}[] = {${bytes}0};\n")
    string(APPEND table
           "    {\"${name}\", \"=[mah]/${file}\", (const char *)module_${number}, sizeof module_${number} - 1},\n")
    math(EXPR number "${number} + 1")
  endforeach()
endforeach()
file(WRITE ${OUT} "/* Made by the build from bindings/mah. */\n#include \"modules.h\"\n\n${arrays}\n"
     "const mah_module mah_modules[] = {\n${table}    {0, 0, 0, 0},\n};\n")
