/* SPDX-License-Identifier: BSD-3-Clause */
/* As lwIP's SNMP agent does: a result of 16 bits where lengths have 32. It must not compile. */
#include "lwip/pbuf.h"

struct pbuf *skip(struct pbuf *p, u16_t offset, u16_t *rest);

struct pbuf *skip(struct pbuf *p, u16_t offset, u16_t *rest)
{
    return pbuf_skip(p, offset, rest);
}
