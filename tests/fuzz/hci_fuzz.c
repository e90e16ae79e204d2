/* SPDX-License-Identifier: BSD-3-Clause */
/* hci_fuzz.c - `cistern size --hci` under libFuzzer. An input is a capture: btsnoop, pcap or pcapng.
 * What it prints goes nowhere; what must hold: no sanitizer report, and a proof that succeeds. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hci.h"
#include "options.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return freopen("/dev/null", "w", stdout) == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char input[64];
    char *names[] = {input, input};
    const int file = memfd_create("input", 0);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length) {
        abort();
    }
    snprintf(input, sizeof input, "/proc/self/fd/%d", file);
    const size_options_t options = {.hci = true,
                                    .pointer = length % 2 == 0 ? 32 : 64,
                                    .service = -1,
                                    .format = SIZE_FORMAT_TEXT,
                                    .files = 2,
                                    .file = names};
    if (hci_run(&options) == STATUS_USAGE) {
        abort();
    }
    close(file);
    return 0;
}
