# pack.cmake - what CPack makes: `cpack -G DEB` in the build folder gives mah_VERSION_ARCH.deb, and
# mah-mpi_VERSION_ARCH.deb where mah was built with MPI.

set(CPACK_PACKAGE_NAME mah)
set(CPACK_PACKAGE_VENDOR "The Mah authors")
set(CPACK_PACKAGE_CONTACT "The Mah authors <mah@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "numerical toolkit in C, scripted in Lua")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL mah)
if(TARGET mah_mpi)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
endif()

# -- Debian ---------------------------------------------------------------------------------------

# dpkg-shlibdeps finds what the files are linked to; of LuaJIT either of Debian's two satisfies it.
# What mah opens when it is first needed is named here.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_MAH_PACKAGE_NAME mah)
set(CPACK_DEBIAN_MAH_PACKAGE_SECTION math)
set(CPACK_COMPONENT_MAH_DESCRIPTION "Tensors, multi-layer perceptrons and other networks with gradients of any function, solvers and
stopping rules of one's own, sweeps that resume, reports and pictures: the program mah, with LuaJIT
inside, and the modules for a stock luajit.")
# Stores of sweeps, and reading JSON (models, stores).
set(CPACK_DEBIAN_MAH_PACKAGE_DEPENDS "libsqlite3-0, lua-cjson")
# Charts and their text; JPEG files.
set(CPACK_DEBIAN_MAH_PACKAGE_RECOMMENDS
    "libpangocairo-1.0-0, fonts-dejavu-core, libturbojpeg0")
set(CPACK_DEBIAN_MAH_PACKAGE_SUGGESTS
    "luajit | luajit2, mah-mpi, libpq5, slurm-client, bash-completion, less")

set(CPACK_DEBIAN_MPI_PACKAGE_NAME mah-mpi)
set(CPACK_DEBIAN_MPI_PACKAGE_SECTION math)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "mah (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_MPI_DESCRIPTION "What mah needs to run as ranks of mpirun and srun: sweeps and trainings of many machines.")

include(CPack)
