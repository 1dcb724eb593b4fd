# install.cmake - `cmake --install`: the program, the library with its headers, and all that belongs to
# them; and what CPack packs. Every place is below the prefix, and found from there when it is moved.

# -- The program, the library, and `require "mah"` for a stock luajit ------------------------------

set(MAH_LUADIR ${CMAKE_INSTALL_DATADIR}/lua/5.1 CACHE STRING "Where the Lua modules go")
set(PACKAGE ${CMAKE_CURRENT_LIST_DIR})
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME mah)
install(TARGETS mah RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS mah_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET mah_mpi)
  install(TARGETS mah_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT mpi)
endif()
install(DIRECTORY core/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mah FILES_MATCHING PATTERN "*.h")
install(DIRECTORY bindings/mah/ ${GENERATED}/mah/ DESTINATION ${MAH_LUADIR}/mah
        FILES_MATCHING PATTERN "*.lua")

file(RELATIVE_PATH MAH_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" MAH_PC_TO_PREFIX ${MAH_PC_TO_PREFIX})
configure_file(${PACKAGE}/mah.pc.in ${PROJECT_BINARY_DIR}/mah.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/mah.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# -- Examples, manual page, completions -----------------------------------------------------------

install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/mah/examples)
install(FILES LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
configure_file(${PACKAGE}/mah.1.in ${PROJECT_BINARY_DIR}/mah.1 @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/mah.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)


set(COMPLETIONS ${PACKAGE}/completions)
install(FILES ${COMPLETIONS}/mah.bash RENAME mah
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${COMPLETIONS}/mah.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${COMPLETIONS}/_mah DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

# -- What the program writes itself, and what is to be told ---------------------------------------

set(MAH_RUNS "${CMAKE_CROSSCOMPILING_EMULATOR};${PROJECT_BINARY_DIR}/mah")
configure_file(${PACKAGE}/at_install.cmake.in ${PROJECT_BINARY_DIR}/at_install.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/at_install.cmake)

include(${PACKAGE}/pack.cmake)
