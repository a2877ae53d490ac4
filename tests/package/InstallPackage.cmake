# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: installs SOURCE to WORK/prefix, copies that to "WORK/moved to", and fails when an
# installed file names the sources, the build folder or the prefix. All are below WORK, a long name
# that no file holds by chance, as it would that of sources in /charcount.

file(REMOVE_RECURSE "${WORK}/install" "${WORK}/prefix" "${WORK}/moved to")
execute_process(
  COMMAND
    ${CMAKE_COMMAND} -S "${SOURCE}" -B "${WORK}/install" -G "${GENERATOR}" ${ARGUMENTS}
    -DCHARCOUNT_BUILD_TESTS=OFF -DCHARCOUNT_BUILD_EXAMPLES=OFF
    "-DCMAKE_INSTALL_PREFIX=${WORK}/prefix" COMMAND_ERROR_IS_FATAL ANY
)
execute_process(
  COMMAND ${CMAKE_COMMAND} --build "${WORK}/install" --target install COMMAND_ERROR_IS_FATAL ANY
)

file(GLOB_RECURSE files "${WORK}/prefix/*")
list(LENGTH files count)
if(count LESS 10)
  message(FATAL_ERROR "only ${count} files were installed")
endif()
foreach(file IN LISTS files)
  file(READ "${file}" text)
  string(FIND "${text}" "${WORK}" position)
  if(NOT position EQUAL -1)
    message(FATAL_ERROR "${file} names a folder in ${WORK}")
  endif()
endforeach()

# The first prefix is gone for who uses the copy: a folder with a space in its name.
file(COPY "${WORK}/prefix/" DESTINATION "${WORK}/moved to")
