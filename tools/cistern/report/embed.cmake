# SPDX-License-Identifier: BSD-3-Clause
# The page of `cistern size --report` as C: page.html with its style, its script and the chart library in
# the places of @...@. cmake [-DDYGRAPHS=folder] [-DOUTPUT=file] -P embed.cmake
# DYGRAPHS is where the library is; it is looked for where it is empty, and left out where it is none.
# Without OUTPUT the folder is printed, if there is one.

cmake_minimum_required(VERSION 3.22)

if("${DYGRAPHS}" STREQUAL "")
  find_path(FOUND dygraph.min.js NO_DEFAULT_PATH PATHS /usr/share/javascript/dygraphs
    ${CMAKE_CURRENT_LIST_DIR}/../../../node_modules/dygraphs/dist)
  set(DYGRAPHS ${FOUND})
endif()
if(NOT EXISTS "${DYGRAPHS}/dygraph.min.js")
  set(DYGRAPHS "")
endif()
if(NOT OUTPUT)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${DYGRAPHS}")
  return()
endif()

function(read_text VARIABLE FILE)
  file(READ ${FILE} text)
  string(REGEX REPLACE "(//|/\\*)# sourceMappingURL=[^\n*]*(\\*/)?" "" text "${text}")
  string(FIND "${text}" "</script" ends_script)
  string(FIND "${text}" "</style" ends_style)
  if(NOT FILE MATCHES "html$" AND (NOT ends_script EQUAL -1 OR NOT ends_style EQUAL -1))
    message(FATAL_ERROR "${FILE} would end its own element in a page")
  endif()
  set(${VARIABLE} "${text}" PARENT_SCOPE)
endfunction()

# An array of bytes, 32 a line; C has none of 0 bytes.
function(c_array VARIABLE NAME TEXT)
  string(LENGTH "${TEXT}" bytes)
  string(HEX "${TEXT}" hex)
  string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
  string(REGEX REPLACE "(................................................................................)"
         "\\1\n" hex "${hex}")
  set(${VARIABLE} "const unsigned char ${NAME}[] = {\n${hex}0};\n\
const size_t ${NAME}_bytes = ${bytes};\n" PARENT_SCOPE)
endfunction()

set(head "")
set(tail "")
if(DYGRAPHS)
  read_text(page ${CMAKE_CURRENT_LIST_DIR}/page.html)
  read_text(style ${CMAKE_CURRENT_LIST_DIR}/page.css)
  read_text(script ${CMAKE_CURRENT_LIST_DIR}/page.js)
  read_text(chart_style ${DYGRAPHS}/dygraph.min.css)
  read_text(chart_script ${DYGRAPHS}/dygraph.min.js)
  foreach(part chart_style style chart_script script)
    string(REPLACE "@${part}@" "${${part}}" page "${page}")
  endforeach()
  string(FIND "${page}" "@data@" place)
  math(EXPR behind "${place} + 6")
  string(SUBSTRING "${page}" 0 ${place} head)
  string(SUBSTRING "${page}" ${behind} -1 tail)
endif()
c_array(head_array report_head "${head}")
c_array(tail_array report_tail "${tail}")
file(WRITE ${OUTPUT}.new "#include \"report_template.h\"\n\n${head_array}\n${tail_array}")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)
