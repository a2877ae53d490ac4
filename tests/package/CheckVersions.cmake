# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: fails where a file of SOURCE names another version than VERSION, that of version.hpp.

file(READ "${SOURCE}/packaging/vcpkg/charcount/vcpkg.json" port)
string(JSON port_version GET "${port}" version-semver)
if(NOT port_version STREQUAL VERSION)
  message(FATAL_ERROR "vcpkg.json names ${port_version}, version.hpp ${VERSION}")
endif()

file(READ "${SOURCE}/README.md" readme)
string(REGEX MATCHALL "(GIT_TAG v|charcount/)[0-9.]+[0-9]" mentions "${readme}")
if(NOT mentions)
  message(FATAL_ERROR "README.md names no version")
endif()
foreach(mention IN LISTS mentions)
  if(NOT mention MATCHES "(v|/)${VERSION}$")
    message(FATAL_ERROR "README.md says ${mention}, version.hpp ${VERSION}")
  endif()
endforeach()
