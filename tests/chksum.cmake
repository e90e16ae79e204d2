# SPDX-License-Identifier: BSD-3-Clause
# The Internet checksum.
#
# Every start and length takes a minute in an emulator: fewer lengths, of all kinds that there are, since
# no algorithm takes steps of more than 64 bytes. The long piece is to overflow 32 bits where it fits.
if(CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set_source_files_properties(unit/chksum_test.c PROPERTIES
    COMPILE_DEFINITIONS "LONGEST=300U;LONG_PIECE=$<IF:$<BOOL:${CISTERN_SMALL}>,4001U,400001U>")
endif()
cistern_add_test(chksum_test SOURCES unit/chksum_test.c)
cistern_add_test(chksum_options_test SOURCES unit/chksum_test.c LABELS big
  DEFINES LWIP_CHKSUM_ALGORITHM=3 LONGEST=300U)
cistern_add_test(inet_chksum_test SOURCES unit/inet_chksum_test.c LABELS big)
cistern_add_test(inet_chksum_options_test SOURCES unit/inet_chksum_test.c LABELS big
  DEFINES LWIP_IPV6=1 LWIP_CHKSUM=cistern_chksum_bytes CISTERN_PBUF_LEN_32=1)
# Twice: the length of LWIP_CHKSUM is documented as a u16_t and as an int.
cistern_add_test(chksum_own_test SOURCES unit/chksum_own_test.c LABELS big
  CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/chksum_own)
cistern_add_test(chksum_own_int_test SOURCES unit/chksum_own_test.c LABELS big
  CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/chksum_own DEFINES OWN_LENGTH=int CISTERN_PBUF_LEN_32=1)
cistern_add_test(chksum_own_standard_test SOURCES unit/chksum_own_test.c LABELS big
  CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/chksum_own DEFINES OWN_LENGTH=int OWN_STANDARD=1)
