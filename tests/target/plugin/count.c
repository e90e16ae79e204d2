/* SPDX-License-Identifier: BSD-3-Clause */
/* count.c - a QEMU plugin that counts the instructions of each block of code.
 *
 * Argument: out=FILE. At the end it writes one line "ADDRESS INSTRUCTIONS" for each block that was
 * translated: how many instructions of it were executed. A block ends at a branch, so that it belongs to
 * one function; its count is exact, since without -icount interrupts come between blocks only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_api.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

/* Kept for ever: translated code adds to it. */
typedef struct block {
    uint64_t address;
    uint64_t executed;
    struct block *next;
} block_t;

static block_t *blocks;
static FILE *out;

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    block_t *const block = calloc(1, sizeof *block);
    if (block == NULL) {
        abort();
    }
    block->address = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
    block->next = blocks;
    blocks = block;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->executed,
                                             qemu_plugin_tb_n_insns(tb));
}

static void finish(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    for (const block_t *block = blocks; block != NULL; block = block->next) {
        (void)fprintf(out, "%llx %llu\n", (unsigned long long)block->address,
                      (unsigned long long)block->executed);
    }
    (void)fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if (strncmp(argv[i], "out=", 4) == 0) {
            out = fopen(argv[i] + 4, "w");
        }
    }
    if (out == NULL) {
        (void)fprintf(stderr, "count: out= is needed\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
