/* capture.c - frames out of a pcap or pcapng file, through libpcap. */
#include "capture.h"

#include <errno.h>
#include <stdarg.h>
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

void capture_fail(capture_t *capture, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(capture->error, sizeof capture->error, format, arguments);
    va_end(arguments);
    fprintf(stderr, "cistern: %s: %s\n", capture->name, capture->error);
}

static FILE *open_file(capture_t *capture)
{
    if (strcmp(capture->name, "-") == 0) {
        return stdin;
    }
    FILE *const file = fopen(capture->name, "rb");
    if (file == NULL) {
        capture_fail(capture, "%s", strerror(errno));
    }
    return file;
}

/* Hands the file to libpcap, which closes it when it takes it. */
static pcap_t *open_pcap(capture_t *capture, FILE *file)
{
    char reason[PCAP_ERRBUF_SIZE] = "";
    pcap_t *const pcap = pcap_fopen_offline(file, reason);
    if (pcap == NULL) {
        capture_fail(capture, "not a capture: %s", reason);
        if (file != stdin) {
            fclose(file);
        }
    }
    return pcap;
}

static void say_unknown_link(capture_t *capture, int dlt)
{
    const char *const text = pcap_datalink_val_to_name(dlt);
    capture_fail(capture, "packet 1: unknown link type %d (%s)", dlt,
                 text != NULL ? text : "no name");
}

bool capture_open(capture_t *capture, const char *name)
{
    *capture = (capture_t){.name = name};
    FILE *const file = open_file(capture);
    if (file == NULL) {
        return false;
    }
    capture->size = file_size(file);
    pcap_t *const pcap = open_pcap(capture, file);
    if (pcap == NULL) {
        return false;
    }
    capture->pcap = pcap;
    capture->link = link_from_dlt(pcap_datalink(pcap));
    if (capture->link == LINK_UNKNOWN) {
        say_unknown_link(capture, pcap_datalink(pcap));
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
        capture_fail(capture, "packet %llu: %s", (unsigned long long)capture->packets + 1,
                     pcap_geterr(capture->pcap));
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
