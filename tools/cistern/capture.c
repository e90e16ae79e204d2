/* capture.c - frames out of a pcap or pcapng file, through libpcap. */
#include "capture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <pcap/pcap.h>

/* The size of what the handle reads, 0 unless it is a regular file. */
static uint64_t file_size(FILE *file)
{
    struct stat status;
    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0) {
        return 0;
    }
    return (uint64_t)status.st_size;
}

static FILE *open_file(const char *name)
{
    if (strcmp(name, "-") == 0) {
        return stdin;
    }
    FILE *const file = fopen(name, "rb");
    if (file == NULL) {
        fprintf(stderr, "cistern: %s: %s\n", name, strerror(errno));
    }
    return file;
}

/* Hands the file to libpcap, which closes it when it takes it. */
static pcap_t *open_pcap(FILE *file, const char *name)
{
    char reason[PCAP_ERRBUF_SIZE] = "";
    pcap_t *const pcap = pcap_fopen_offline(file, reason);
    if (pcap == NULL) {
        fprintf(stderr, "cistern: %s: not a capture: %s\n", name, reason);
        if (file != stdin) {
            fclose(file);
        }
    }
    return pcap;
}

static void say_unknown_link(const char *name, int dlt)
{
    const char *const text = pcap_datalink_val_to_name(dlt);
    fprintf(stderr, "cistern: %s: packet 1: unknown link type %d (%s)\n", name, dlt,
            text != NULL ? text : "no name");
}

bool capture_open(capture_t *capture, const char *name)
{
    *capture = (capture_t){.name = name};
    FILE *const file = open_file(name);
    if (file == NULL) {
        return false;
    }
    capture->size = file_size(file);
    pcap_t *const pcap = open_pcap(file, name);
    if (pcap == NULL) {
        return false;
    }
    capture->pcap = pcap;
    capture->link = link_from_dlt(pcap_datalink(pcap));
    if (capture->link == LINK_UNKNOWN) {
        say_unknown_link(name, pcap_datalink(pcap));
        capture_close(capture);
        return false;
    }
    return true;
}

capture_status_t capture_next(capture_t *capture, capture_frame_t *frame)
{
    struct pcap_pkthdr *header = NULL;
    const u_char *bytes = NULL;
    const int result = pcap_next_ex(capture->pcap, &header, &bytes);
    if (result == PCAP_ERROR_BREAK) {
        return CAPTURE_END;
    }
    if (result != 1) {
        fprintf(stderr, "cistern: %s: packet %llu: %s\n", capture->name,
                (unsigned long long)capture->packets + 1, pcap_geterr(capture->pcap));
        return CAPTURE_ERROR;
    }
    ++capture->packets;
    frame->bytes = bytes;
    frame->length = header->caplen;
    frame->wire_length = header->len < header->caplen ? header->caplen : header->len;
    frame->seconds = (uint32_t)header->ts.tv_sec;
    return CAPTURE_FRAME;
}

unsigned capture_progress(const capture_t *capture)
{
    const long position = ftell(pcap_file(capture->pcap));
    if (capture->size == 0 || position < 0) {
        return 0;
    }
    const uint64_t part = (uint64_t)position * 1000U / capture->size;
    return part > 1000U ? 1000U : (unsigned)part;
}

void capture_close(capture_t *capture)
{
    pcap_close(capture->pcap);
    capture->pcap = NULL;
}
