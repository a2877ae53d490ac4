# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# An overlay port of vcpkg: installs the sources that it lies in.

set(VCPKG_BUILD_TYPE release) # header-only

vcpkg_cmake_configure(
  SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.."
  OPTIONS -DCHARCOUNT_BUILD_TESTS=OFF -DCHARCOUNT_BUILD_EXAMPLES=OFF -DCHARCOUNT_GRAPHEMES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/charcount)

# vcpkg has no place below share for a .pc file that names a linker option; it stays relative.
file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/lib")
file(RENAME "${CURRENT_PACKAGES_DIR}/share/pkgconfig" "${CURRENT_PACKAGES_DIR}/lib/pkgconfig")
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${CMAKE_CURRENT_LIST_DIR}/../../../LICENSE")
