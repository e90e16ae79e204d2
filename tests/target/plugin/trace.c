/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.c - a QEMU plugin that watches the stretches of a program between two functions.
 *
 *   ... call begin | stretch 0 | call end ... call begin | stretch 1 | call end ...
 *
 * Arguments: begin=ADDRESS, end=ADDRESS (of the two functions), out=FILE. At the end it writes, for
 * each stretch, one line "stretch INSTRUCTIONS MASKED": the instructions between the return from
 * begin and the call of end, both included, and the longest run of them with interrupts masked.
 * Then one line "pc ADDRESS" for each instruction that a stretch executed unmasked.
 *
 * Masking is recognised by the instructions that the port's critical section consists of, which
 * come in pairs: cpsid i and msr primask; csrrci mstatus,8 and csrs mstatus.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_api.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

enum effect { PLAIN, MASK, RESTORE, TRAP_RETURN };

/* One instruction of the program. Kept for ever: translated code refers to it. */
typedef struct instruction {
    uint64_t address;
    enum effect effect;
    bool seen_unmasked;
    struct instruction *next;
} instruction_t;

static uint64_t begin_address;
static uint64_t end_address;
static uint64_t trap_address;
static FILE *out;

static instruction_t *instructions;
static bool inside;
static bool trapped;
static unsigned depth;
static unsigned long executed;
static unsigned long masked;
static unsigned long longest_masked;

static uint32_t load(const struct qemu_plugin_insn *insn)
{
    uint32_t bits = 0;
    const size_t size = qemu_plugin_insn_size(insn);
    memcpy(&bits, qemu_plugin_insn_data(insn), (size < sizeof bits) ? size : sizeof bits);
    return bits;
}

static enum effect effect_of(const struct qemu_plugin_insn *insn)
{
    const uint32_t bits = load(insn);
    if (qemu_plugin_insn_size(insn) == 2) {
        return (bits == 0xB672U) ? MASK : PLAIN; /* cpsid i */
    }
    if ((bits & 0xFFFFFFF0U) == 0x8810F380U) { /* msr primask, r0-r15: halfwords in memory order */
        return RESTORE;
    }
    if (bits == 0x30200073U) {
        return TRAP_RETURN; /* mret */
    }
    if ((bits & 0xFFFFF07FU) == 0x30047073U) { /* csrrci rd, mstatus, 8 */
        return MASK;
    }
    /* csrrs x0, mstatus, rs with rs != x0 */
    return ((bits & 0xFFF07FFFU) == 0x30002073U && (bits & 0xF8000U) != 0) ? RESTORE : PLAIN;
}

static void begin(void)
{
    inside = true;
    depth = 0;
    executed = 0;
    masked = 0;
    longest_masked = 0;
}

static void end(void)
{
    if (inside) {
        (void)fprintf(out, "stretch %lu %lu\n", executed, longest_masked);
    }
    inside = false;
}

static void count_masked(const instruction_t *instruction)
{
    depth += (instruction->effect == MASK) ? 1U : 0U;
    trapped = trapped || instruction->address == trap_address;
    masked = (depth > 0 || trapped) ? masked + 1 : 0;
    longest_masked = (masked > longest_masked) ? masked : longest_masked;
    depth -= (instruction->effect == RESTORE && depth > 0) ? 1U : 0U;
    trapped = trapped && instruction->effect != TRAP_RETURN;
}

static void execute(unsigned cpu, void *data)
{
    instruction_t *const instruction = data;
    (void)cpu;
    if (instruction->address == begin_address) {
        begin();
        return;
    }
    if (instruction->address == end_address) {
        end();
    }
    if (inside) {
        const bool reachable = depth == 0 && !trapped && instruction->address != trap_address;
        instruction->seen_unmasked = instruction->seen_unmasked || reachable;
        ++executed;
        count_masked(instruction);
    }
}

static instruction_t *remember(const struct qemu_plugin_insn *insn)
{
    instruction_t *const instruction = calloc(1, sizeof *instruction);
    if (instruction == NULL) {
        abort();
    }
    instruction->address = qemu_plugin_insn_vaddr(insn);
    instruction->effect = effect_of(insn);
    instruction->next = instructions;
    instructions = instruction;
    return instruction;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    const size_t count = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < count; ++i) {
        struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, execute, QEMU_PLUGIN_CB_NO_REGS,
                                               remember(insn));
    }
}

static void finish(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    for (const instruction_t *i = instructions; i != NULL; i = i->next) {
        if (i->seen_unmasked) {
            (void)fprintf(out, "pc %llx\n", (unsigned long long)i->address);
        }
    }
    (void)fclose(out);
}

static void parse(const char *argument)
{
    if (strncmp(argument, "begin=", 6) == 0) {
        begin_address = strtoull(argument + 6, NULL, 0);
    } else if (strncmp(argument, "end=", 4) == 0) {
        end_address = strtoull(argument + 4, NULL, 0);
    } else if (strncmp(argument, "trap=", 5) == 0) {
        trap_address = strtoull(argument + 5, NULL, 0);
    } else if (strncmp(argument, "out=", 4) == 0) {
        out = fopen(argument + 4, "w");
    }
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; ++i) {
        parse(argv[i]);
    }
    if (out == NULL || begin_address == 0 || end_address == 0) {
        (void)fprintf(stderr, "trace: begin=, end= and out= are needed\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
