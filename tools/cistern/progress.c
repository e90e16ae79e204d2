/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.c - a bar on stderr. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 40, PER_MILLE = 1000 };

static const double first_after = 1.0; /* seconds */
static const double again_after = 0.1;

double progress_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void progress_begin(progress_t *progress)
{
    progress->start = progress_clock();
    progress->next = progress->start + first_after;
    progress->terminal = isatty(STDERR_FILENO) == 1;
    progress->drawn = false;
}

void progress_show(progress_t *progress, unsigned done, uint64_t packets)
{
    static const char full[] = "########################################";
    if (!progress->terminal || progress_clock() < progress->next) {
        return;
    }
    const int filled = (int)(done * BAR_WIDTH / PER_MILLE);
    fprintf(stderr, "\r[%.*s%*s] %3u%% %llu packets", filled, full, BAR_WIDTH - filled, "",
            done * 100U / PER_MILLE, (unsigned long long)packets);
    progress->drawn = true;
    progress->next = progress_clock() + again_after;
}

double progress_end(progress_t *progress)
{
    if (progress->drawn) {
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
    }
    return progress_clock() - progress->start;
}
