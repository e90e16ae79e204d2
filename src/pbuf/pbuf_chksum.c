/* pbuf_chksum.c - packet buffers: filling one and summing what is filled in, in one pass. */
#include "lwip/inet_chksum.h"
#include "pbuf_priv.h"

err_t pbuf_fill_chksum(struct pbuf *p, pbuf_len_t start_offset, const void *dataptr, pbuf_len_t len,
                       u16_t *chksum)
{
    if (!pbuf_given(p, dataptr) || !pbuf_given(p, chksum)) {
        return ERR_ARG;
    }
    if (len == 0 || start_offset > p->len || len > p->len - start_offset) {
        return ERR_ARG;
    }
    u32_t sum = LWIP_CHKSUM_COPY((u8_t *)p->payload + start_offset, dataptr, len);
    if ((start_offset & 1U) != 0) {
        sum = SWAP_BYTES_IN_WORD(sum);
    }
    sum += *chksum;
    sum = FOLD_U32T(sum);
    *chksum = (u16_t)FOLD_U32T(sum);
    return ERR_OK;
}
