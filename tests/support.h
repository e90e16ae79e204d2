/* support.h - what every test includes: cmocka with its prerequisites, and a record of faults. */
#ifndef CISTERN_TESTS_SUPPORT_H
#define CISTERN_TESTS_SUPPORT_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cistern/fault.h"

/* The faults since faults_watch(): how many, and the last one. */
typedef struct faults {
    unsigned count;
    cistern_fault_t last;
} faults_t;

static faults_t faults;

static inline void faults_remember(const cistern_fault_t *fault)
{
    faults.last = *fault;
    ++faults.count;
}

/* A cmocka setup function: from here on faults are recorded instead of reported. */
static inline int faults_watch(void **state)
{
    (void)state;
    faults = (faults_t){0};
    (void)cistern_fault_set_handler(faults_remember);
    return 0;
}

/* Exactly one fault of this kind since the last call; it names the address. */
static inline void assert_one_fault(cistern_fault_kind_t kind, const void *address)
{
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, kind);
    assert_ptr_equal(faults.last.address, address);
    faults = (faults_t){0};
}

static inline void assert_no_fault(void)
{
    assert_int_equal(faults.count, 0);
}

#define test(function) cmocka_unit_test_setup(function, faults_watch)

#endif
