# Runs the C preprocessor over core/mah.h and writes the result as a Lua module that returns the text
# for ffi.cdef.   cmake -DCC=cc -DCORE=core -DOUT=declarations.lua -P declarations.cmake
execute_process(COMMAND ${CC} -E -P -DMAH_CDEF -I${CORE} ${CORE}/mah.h
                OUTPUT_VARIABLE text RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "the C preprocessor failed on ${CORE}/mah.h")
endif()
file(WRITE ${OUT} "-- Made by the build from the headers of core/.\nreturn [==[\n${text}]==]\n")
