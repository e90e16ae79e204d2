/* SPDX-License-Identifier: BSD-3-Clause */
/* The progress bar of `cistern replay`: drawn on a terminal, when it is time to, and wiped. */
#define _GNU_SOURCE 1
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "progress.h"

typedef struct terminal {
    int master;
    int saved; /* what stderr was */
    char text[1024];
} terminal_t;

/* Makes stderr a terminal whose output can be read. */
static void open_terminal(terminal_t *terminal)
{
    memset(terminal, 0, sizeof *terminal);
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(terminal->master >= 0);
    assert_int_equal(grantpt(terminal->master), 0);
    assert_int_equal(unlockpt(terminal->master), 0);
    const int slave = open(ptsname(terminal->master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    terminal->saved = dup(STDERR_FILENO);
    assert_true(dup2(slave, STDERR_FILENO) >= 0);
    close(slave);
}

/* Reads what was drawn and gives stderr back. A terminal passes its input on when it likes, so a
 * mark is written behind it, and the reading waits for that. */
static void close_terminal(terminal_t *terminal)
{
    size_t length = 0;
    assert_int_equal(write(STDERR_FILENO, "$", 1), 1);
    do {
        const ssize_t got =
            read(terminal->master, terminal->text + length, sizeof terminal->text - length);
        assert_true(got > 0);
        length += (size_t)got;
    } while (terminal->text[length - 1] != '$');
    terminal->text[length - 1] = '\0';
    assert_true(dup2(terminal->saved, STDERR_FILENO) >= 0);
    close(terminal->saved);
    close(terminal->master);
}

static void the_bar_is_drawn_on_a_terminal_and_wiped(void **state)
{
    (void)state;
    terminal_t terminal;
    progress_t progress;
    open_terminal(&terminal);
    progress_begin(&progress);
    progress.next = progress.start; /* it is time */
    progress_show(&progress, 500, 1234);
    const double seconds = progress_end(&progress);
    close_terminal(&terminal);
    assert_non_null(strstr(terminal.text, "[####################                    ]  50% 1234"));
    assert_int_equal(terminal.text[strlen(terminal.text) - 1], '\r');
    assert_true(seconds >= 0);
}

static void a_run_that_is_over_within_a_second_draws_nothing(void **state)
{
    (void)state;
    terminal_t terminal;
    progress_t progress;
    open_terminal(&terminal);
    progress_begin(&progress);
    assert_true(progress.next - progress.start >= 1.0);
    progress.next = progress_clock() + 3600; /* it is not time */
    progress_show(&progress, 500, 1234);
    progress_end(&progress);
    close_terminal(&terminal);
    assert_string_equal(terminal.text, "");
}

static void the_bar_stays_within_its_frame(void **state)
{
    (void)state;
    for (unsigned done = 0; done <= 1000; done += 1000) {
        terminal_t terminal;
        progress_t progress;
        open_terminal(&terminal);
        progress_begin(&progress);
        progress.next = progress.start;
        progress_show(&progress, done, 1);
        close_terminal(&terminal);
        const char *const end = strchr(terminal.text, ']');
        assert_non_null(end);
        assert_int_equal(end - strchr(terminal.text, '['), 41);
        assert_true(strchr(terminal.text, '#') == NULL || done == 1000);
    }
}

static void nothing_is_drawn_where_stderr_is_no_terminal(void **state)
{
    (void)state;
    char path[] = "/tmp/cistern-progress-XXXXXX";
    progress_t progress;
    const int file = mkstemp(path);
    const int saved = dup(STDERR_FILENO);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    progress_begin(&progress);
    progress.next = progress.start;
    progress_show(&progress, 500, 1);
    progress_end(&progress);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    assert_int_equal(lseek(file, 0, SEEK_END), 0);
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bar_is_drawn_on_a_terminal_and_wiped),
        cmocka_unit_test(a_run_that_is_over_within_a_second_draws_nothing),
        cmocka_unit_test(the_bar_stays_within_its_frame),
        cmocka_unit_test(nothing_is_drawn_where_stderr_is_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
