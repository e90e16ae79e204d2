/* SPDX-License-Identifier: BSD-3-Clause */
/* A pool of four blocks: taken, given back, and given back again by mistake. */
#include <cistern.h>

static unsigned char blocks[CISTERN_POOL_BYTES(4, 24, 4)] __attribute__((aligned(4)));
static cistern_pool_t pool;

static void on_fault(const cistern_fault_t *fault)
{
    Serial.println(cistern_fault_text(fault->kind));
}

void setup()
{
    Serial.begin(9600);
    cistern_fault_set_handler(on_fault);

    cistern_pool_config_t config = {};
    config.name = "samples";
    config.count = 4;
    config.size = 24;
    config.alignment = 4;
    config.memory = blocks;
    config.bytes = sizeof blocks;
    cistern_pool_init(&pool, &config);

    void *sample = cistern_pool_get(&pool);
    cistern_pool_put(&pool, sample);
    cistern_pool_put(&pool, sample); /* prints: double free */
}

void loop() {}
