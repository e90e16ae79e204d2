/* SPDX-License-Identifier: BSD-3-Clause */
/* NO_SYS 1: the OS layer is empty macros; protection and time remain. */
#include "support.h"

#include "lwip/sys.h"

static void threads_and_their_objects_are_empty(void **state)
{
    (void)state;
    sys_sem_t sem = 1;
    sys_mutex_t mutex = 1;
    sys_mbox_t mbox = 1;
    assert_int_equal(sys_sem_new(&sem, 1), ERR_OK);
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    sys_sem_signal(&sem);
    sys_sem_wait(&sem);
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_mbox_post(&mbox, &mbox);
    sys_mbox_trypost(&mbox, &mbox);
    sys_msleep(100000);
    assert_false(sys_sem_valid(&sem) || sys_mutex_valid(&mutex) || sys_mbox_valid(&mbox));
    sys_sem_free(&sem);
    sys_mbox_free(&mbox);
    sys_mutex_free(&mutex);
    assert_int_equal(sem + mutex + mbox, 3);
}

static void protection_nests_without_threads(void **state)
{
    (void)state;
    unsigned value = 1;
    unsigned seen;
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    SYS_ARCH_INC(value, 5U);
    SYS_ARCH_DEC(value, 2U);
    SYS_ARCH_UNPROTECT(level);
    SYS_ARCH_GET(value, seen);
    assert_int_equal(seen, 4);
    assert_no_fault();
}

static void time_goes_on_without_threads(void **state)
{
    (void)state;
    const u32_t start = sys_now();
    sys_init();
    while (sys_now() == start) {
    }
    assert_true((s32_t)(sys_now() - start) > 0);
    assert_true((s32_t)(sys_jiffies() - start) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(threads_and_their_objects_are_empty),
        test(protection_nests_without_threads),
        test(time_goes_on_without_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
