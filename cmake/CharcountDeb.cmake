# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Two packages for Debian, by cpack -G DEB: libcharcount-dev to compile with, charcount to run.

set(CHARCOUNT_DEB_MAINTAINER "The charcount authors <authors@charcount.invalid>"
    CACHE STRING "Who maintains the Debian packages: Name <address>"
)

# ---- What Debian wants in each package: the copyright and a changelog ----

find_program(CHARCOUNT_GZIP NAMES gzip REQUIRED DOC "gzip, for the Debian packages")
mark_as_advanced(CHARCOUNT_GZIP)

# The licence as a field of a control file: indented, with a dot for an empty line.
file(STRINGS "${PROJECT_SOURCE_DIR}/LICENSE" lines)
list(POP_FRONT lines)
set(license_text "")
foreach(line IN LISTS lines)
  if(line MATCHES "^Copyright" OR (NOT line AND NOT license_text))
    continue()
  elseif(NOT line)
    set(line ".")
  endif()
  string(APPEND license_text " ${line}\n")
endforeach()
string(REGEX REPLACE "^( \\.\n)+|\n$" "" license_text "${license_text}")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(folder "${PROJECT_BINARY_DIR}/debian")
configure_file("${PROJECT_SOURCE_DIR}/packaging/deb/copyright.in" "${folder}/copyright" @ONLY)
configure_file("${PROJECT_SOURCE_DIR}/packaging/deb/changelog.in" "${folder}/changelog" @ONLY)
execute_process(
  COMMAND "${CHARCOUNT_GZIP}" -9 -n -f -k "${folder}/changelog" COMMAND_ERROR_IS_FATAL ANY
)
foreach(pair IN ITEMS "libcharcount-dev:charcount_Development" "charcount:charcount_Programs")
  string(REPLACE ":" ";" pair "${pair}")
  list(GET pair 0 package)
  list(GET pair 1 component)
  install(
    FILES "${folder}/copyright" "${folder}/changelog.gz"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${package}"
    COMPONENT ${component}
  )
endforeach()

# ---- The packages ----

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${CHARCOUNT_DEB_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_COMPONENTS_ALL charcount_Development charcount_Programs)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
# Each component's description begins with a line of its own.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
# The packages do not depend on the umask of who builds them.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
)

set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_NAME libcharcount-dev)
set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_SOURCE charcount)
set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_DEPENDS
    "libasio-dev (>= 1:${CHARCOUNT_ASIO_MINIMUM})"
)
set(CPACK_DEBIAN_CHARCOUNT_DEVELOPMENT_PACKAGE_SUGGESTS "libutf8proc-dev, cmake, pkg-config")
set(CPACK_COMPONENT_CHARCOUNT_DEVELOPMENT_DESCRIPTION
    "C++20 message server and client on standalone Asio (headers)
A handler turns a message into a reply; the library cuts the stream into
messages, and keeps every limit and deadline that a server needs. Counting the
characters of a message is the handler that comes with it."
)

set(CPACK_DEBIAN_CHARCOUNT_PROGRAMS_PACKAGE_NAME charcount)
set(CPACK_DEBIAN_CHARCOUNT_PROGRAMS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_CHARCOUNT_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_CHARCOUNT_PROGRAMS_DESCRIPTION
    "server and client that count the characters of messages
The server charcount-server answers each message with the number of its
characters: code points, bytes, UTF-16 units or graphemes. The client
charcount-client sends messages and prints the replies. Both speak over TCP and
Unix domain sockets."
)

include(CPack)
