# The OS layer: the conformance suite on the posix port, what this port promises beyond it, and races.

set(SUITE port/run_cmocka.c port/suite.c port/suite_semaphore.c port/suite_mailbox.c
  port/suite_rest.c)

cistern_add_test(port_suite LABELS threads SOURCES ${SUITE})
cistern_add_test(port_suite_options LABELS threads SOURCES ${SUITE}
  DEFINES LWIP_COMPAT_MUTEX=1 LWIP_COMPAT_MUTEX_ALLOWED CISTERN_POSIX_SEMAPHORES=9
          CISTERN_POSIX_MAILBOXES=2 CISTERN_POSIX_MBOX_SIZE=5 SUITE_MBOX_DEFAULT=5)
cistern_add_test(posix_test LABELS threads SOURCES port/posix_test.c)
cistern_add_test(no_sys_test SOURCES port/no_sys_test.c DEFINES NO_SYS=1)
cistern_add_test(no_protection_test SOURCES port/no_sys_test.c
  DEFINES NO_SYS=1 SYS_LIGHTWEIGHT_PROT=0)

cistern_add_test(mailbox_race_test LABELS threads SOURCES race/mailbox_race_test.c)
cistern_add_test(sync_race_test LABELS threads SOURCES race/sync_race_test.c)

if(NOT CISTERN_SANITIZE)
  add_test(NAME ${CISTERN_TEST_PREFIX}mailbox_race_of_ten_million
    COMMAND mailbox_race_test 10000000)
  set_tests_properties(${CISTERN_TEST_PREFIX}mailbox_race_of_ten_million PROPERTIES
    LABELS full TIMEOUT 900)
endif()
