/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.c - a frame on its way through the layers: reading, stripping, counting. */
#include "frame.h"

void frame_begin(frame_t *frame, const frame_host_t *host, struct pbuf *data)
{
    *frame = (frame_t){.host = host,
                       .data = data,
                       .number = data->frame_number,
                       .seconds = data->frame_seconds,
                       .cut = data->wire_length > data->tot_len};
    if (frame->cut) {
        incident_count(&host->tally->cut, frame->number);
    }
    ++host->tally->handled;
    host->tally->bytes += data->tot_len;
}

void frame_end(frame_t *frame)
{
    if (frame->data != NULL) {
        pbuf_free(frame->data);
        frame->data = NULL;
    }
}

uint16_t frame_length(const frame_t *frame)
{
    return frame->data == NULL ? 0 : frame->data->tot_len;
}

bool frame_peek(frame_t *frame, uint8_t *header, uint16_t length)
{
    if (frame_length(frame) < length) {
        return frame_malformed(frame);
    }
    return pbuf_copy_partial(frame->data, header, length, 0) == length;
}

void frame_strip(frame_t *frame, uint16_t length)
{
    if (length > 0) {
        frame->data = pbuf_free_header(frame->data, length);
    }
}

void frame_limit(frame_t *frame, uint16_t length)
{
    if (frame_length(frame) < length) {
        frame->incomplete = true;
        frame_malformed(frame);
    } else if (frame_length(frame) > length) {
        pbuf_realloc(frame->data, length);
    }
}

bool frame_malformed(frame_t *frame)
{
    if (!frame->cut && !frame->malformed) {
        frame->malformed = true;
        incident_count(&frame->host->tally->malformed, frame->number);
    }
    return false;
}

void frame_count(frame_t *frame, protocol_t protocol)
{
    ++frame->host->tally->protocols[protocol];
}

void frame_verdict(frame_t *frame, checksum_t checksum, verdict_t verdict)
{
    ++frame->host->tally->checksums[checksum][verdict];
}
