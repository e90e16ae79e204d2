/* SPDX-License-Identifier: BSD-3-Clause */
/* run_cmocka.h - the part of a runner that hosts and boards share: suite_fail, and this. */
#ifndef CISTERN_TESTS_PORT_RUN_CMOCKA_H
#define CISTERN_TESTS_PORT_RUN_CMOCKA_H

/* Runs every test of the suite; returns how many failed. */
int run_under_cmocka(void);

#endif
