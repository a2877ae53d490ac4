# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Installs the headers, the CMake package, the pkg-config file and the licence; all relocatable.
#
# Components: charcount_Development is what a compiler needs, charcount_Programs the programs and
# their manuals, charcount_License the licence.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Nothing here depends on the machine, so all of it goes below share.
set(charcount_cmake_dir "${CMAKE_INSTALL_DATADIR}/cmake/charcount")
set(charcount_pc_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(
  TARGETS charcount
  EXPORT charcountTargets
  FILE_SET HEADERS
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  COMPONENT charcount_Development
  FILE_SET fragments
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  COMPONENT charcount_Development
)

# The target charcount::graphemes is made where the package is used, if utf8proc is there, so what
# is installed doesn't depend on whether it was found here.
foreach(header IN LISTS charcount_graphemes_headers)
  cmake_path(GET header PARENT_PATH folder)
  cmake_path(RELATIVE_PATH folder BASE_DIRECTORY include)
  install(FILES "${PROJECT_SOURCE_DIR}/${header}"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${folder}"
          COMPONENT charcount_Development
  )
endforeach()

install(
  EXPORT charcountTargets
  NAMESPACE charcount::
  DESTINATION "${charcount_cmake_dir}"
  COMPONENT charcount_Development
)

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/charcountConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/charcountConfig.cmake"
  INSTALL_DESTINATION "${charcount_cmake_dir}"
  NO_SET_AND_CHECK_MACRO
)
# Below 1.0 a new minor version may break its users.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/charcountConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT
)
install(
  FILES "${PROJECT_BINARY_DIR}/charcountConfig.cmake"
        "${PROJECT_BINARY_DIR}/charcountConfigVersion.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/CharcountCompiler.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/Findutf8proc.cmake"
  DESTINATION "${charcount_cmake_dir}"
  COMPONENT charcount_Development
)

# The prefix follows from where the .pc file lies, so that a moved prefix still works.
file(RELATIVE_PATH charcount_pc_prefix "/prefix/${charcount_pc_dir}" "/prefix")
if(IS_ABSOLUTE "${CMAKE_INSTALL_DATADIR}")
  set(charcount_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  string(REGEX REPLACE "/$" "" charcount_pc_prefix "\${pcfiledir}/${charcount_pc_prefix}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(charcount_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(charcount_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(
  "${PROJECT_SOURCE_DIR}/cmake/charcount.pc.in" "${PROJECT_BINARY_DIR}/charcount.pc" @ONLY
)
install(
  FILES "${PROJECT_BINARY_DIR}/charcount.pc"
  DESTINATION "${charcount_pc_dir}"
  COMPONENT charcount_Development
)

install(
  FILES "${PROJECT_SOURCE_DIR}/LICENSE"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  COMPONENT charcount_License
)

# charcount_install_manual(NAME): the manual of a program; Debian wants it compressed.
function(charcount_install_manual name)
  set(manual "${PROJECT_SOURCE_DIR}/docs/man/${name}.1")
  if(CHARCOUNT_PACKAGE_DEB)
    set(copy "${PROJECT_BINARY_DIR}/debian/${name}.1")
    configure_file("${manual}" "${copy}" COPYONLY)
    execute_process(COMMAND "${CHARCOUNT_GZIP}" -9 -n -f -k "${copy}" COMMAND_ERROR_IS_FATAL ANY)
    set(manual "${copy}.gz")
  endif()
  install(
    FILES "${manual}"
    DESTINATION "${CMAKE_INSTALL_MANDIR}/man1"
    COMPONENT charcount_Programs
  )
endfunction()
