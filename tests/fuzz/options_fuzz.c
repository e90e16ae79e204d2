/* SPDX-License-Identifier: BSD-3-Clause */
/* options_fuzz.c - what a preprocessor makes of an lwipopts.h, under libFuzzer: whatever values it
 * gives, they are refused or a capture can be accounted for with them.
 *
 * An input is that text: "@cistern NUMBER VALUE" for each option, by its number in lwip_options.h;
 * the first byte chooses the pointers of the target. */
#include <stdio.h>
#include <stdlib.h>

#include "account.h"

static traffic_t traffic;
static survey_t survey;
static device_t device;
static lwip_options_t defaults;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stdout, "%s\n", what);
        abort();
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char name[] = CISTERN_FUZZ_CAPTURE;
    static char *names[] = {name};
    (void)argc;
    (void)argv;
    lwip_options_defaults(&defaults);
    require(traffic_open(&traffic, names, 1, NULL), "out of memory");
    require(survey_read(&survey, &traffic) && survey_device(&survey, NULL, &device), "no capture");
    return 0;
}

static void account_with(const lwip_options_t *options, unsigned pointer)
{
    target_t target;
    target_init(&target, pointer, options);
    account_t account = {.survey = &survey,
                         .device = &device,
                         .options = options,
                         .target = &target,
                         .settings = {.service = 1000000}};
    require(account_read(&account, &traffic, NULL, NULL), "out of memory");
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        const level_t *const level = &account.ledger.level[i];
        require(level->least == 0 && level->most == 0, "something is held at the end");
        require(level->peak_least.amount <= level->peak_most.amount,
                "more is certain than possible");
    }
    account_free(&account);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const unsigned pointers[] = {16, 32, 64};
    lwip_options_t options = defaults;
    if (length < 2) {
        return 0;
    }
    FILE *const text = fmemopen((void *)(uintptr_t)(bytes + 1), length - 1, "r");
    require(text != NULL, "out of memory");
    if (lwip_options_expanded(&options, "input", text)) {
        account_with(&options, pointers[bytes[0] % 3U]);
    }
    fclose(text);
    return 0;
}
