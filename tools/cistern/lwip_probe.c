/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_probe.c - what an lwipopts.h expands options to.
 *
 *   lwipopts.h --> a probe includes it and names each option --> cc -E -dD
 *     "#define option ..."  --> where the option is defined
 *     "@cistern option ..." --> its expansion
 *
 * The probe lies in a temporary folder of its own, which is gone when the file is read. */
#define _GNU_SOURCE /* mkdtemp, under any -std */
#include "lwip_probe.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool.h"

enum { LINE = 4096, WORDS = 64, SECONDS = 20 };

/* Headers of lwIP that an lwipopts.h may include: what they define is known here, so that the
 * folder with the probe has empty ones for where lwIP's sources are not at hand. */
static const char *const probe_files[] = {
    "probe.c",    "lwip/arch.h", "lwip/debug.h", "lwip/def.h", "lwip/err.h", "lwip/init.h",
    "lwip/mem.h", "lwip/opt.h",  "lwip/pbuf.h",  "lwip/sys.h", "lwip"};
enum {
    PROBE = 0,
    PROBE_FOLDER = sizeof probe_files / sizeof probe_files[0] - 1,
    PROBE_PATH = SPOOL_NAME + 16
};

static const char *probe_path(const char *folder, int file, char path[PROBE_PATH])
{
    snprintf(path, PROBE_PATH, "%s/%s", folder, probe_files[file]);
    return path;
}

/* Writes the probe: the file, then a line for each option that it defines. */
static bool write_probe(const char *folder, const char *file)
{
    char path[PROBE_PATH];
    FILE *const probe = fopen(probe_path(folder, PROBE, path), "w");
    if (probe == NULL) {
        return false;
    }
    fprintf(probe, "#include \"%s\"\n", file);
    for (int i = 0; i < OPTION_COUNT; ++i) {
        const char *const name = lwip_option_name((lwip_option_t)i);
        fprintf(probe, "#ifdef %s\n@cistern %d %s\n#endif\n", name, i, name);
    }
    return fclose(probe) == 0;
}

static bool make_probe(const char *folder, const char *file)
{
    char path[PROBE_PATH];
    bool ok = mkdir(probe_path(folder, PROBE_FOLDER, path), 0700) == 0;
    for (int i = PROBE + 1; i < PROBE_FOLDER && ok; ++i) {
        FILE *const header = fopen(probe_path(folder, i, path), "w");
        ok = header != NULL && fclose(header) == 0;
    }
    return ok && write_probe(folder, file);
}

static void remove_probe(const char *folder)
{
    char path[PROBE_PATH];
    for (int i = 0; i <= PROBE_FOLDER; ++i) {
        (void)remove(probe_path(folder, i, path));
    }
    (void)remove(folder);
}

/* The preprocessor may not run for ever or fill the disk, whatever the file includes. */
static void limit_child(void)
{
    const struct rlimit seconds = {.rlim_cur = SECONDS, .rlim_max = SECONDS};
    const struct rlimit memory = {.rlim_cur = 1U << 30, .rlim_max = 1U << 30};
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_AS, &memory);
    alarm(SECONDS);
}

static void run_preprocessor(const char *compiler, const char *folder, int output)
{
    static char words[LINE];
    static char probe[PROBE_PATH];
    char *arguments[WORDS + 8];
    int count = 0;
    snprintf(words, sizeof words, "%s", compiler);
    for (char *word = strtok(words, " "); word != NULL && count < WORDS; word = strtok(NULL, " ")) {
        arguments[count++] = word;
    }
    static char options[][8] = {"-E", "-dD", "-x", "c", "-I"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i) {
        arguments[count++] = options[i];
    }
    arguments[count++] = (char *)(uintptr_t)folder;
    arguments[count++] = (char *)(uintptr_t)probe_path(folder, PROBE, probe);
    arguments[count] = NULL;
    dup2(output, 1);
    limit_child();
    execvp(arguments[0], arguments);
    fprintf(stderr, "cistern: %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

/* Where the preprocessor's output comes from. */
typedef struct place {
    char file[PATH_MAX];
    unsigned line;
} place_t;

/* "#define NAME ...": the latest is what counts. */
static void keep_place(expansions_t *expansions, const char *name, const place_t *place)
{
    const size_t length = strcspn(name, " (\n");
    for (int i = 0; i < OPTION_COUNT; ++i) {
        const char *const option = lwip_option_name((lwip_option_t)i);
        if (strlen(option) == length && memcmp(option, name, length) == 0) {
            free(expansions->file[i]);
            expansions->file[i] = strdup(place->file);
            expansions->line[i] = place->line;
        }
    }
}

static void keep_expansion(expansions_t *expansions, char *line)
{
    int option = 0;
    int start = 0;
    if (sscanf(line, " @cistern %d %n", &option, &start) == 1 && start > 0 && option >= 0 &&
        option < OPTION_COUNT && expansions->text[option] == NULL) {
        line[strcspn(line, "\n")] = '\0';
        expansions->text[option] = strdup(line + start);
    }
}

/* Keeps what the preprocessor printed of options. */
void expansions_keep(expansions_t *expansions, FILE *output)
{
    static char line[LINE];
    static place_t place;
    place = (place_t){.line = 0};
    while (fgets(line, sizeof line, output) != NULL) {
        const unsigned ends = strchr(line, '\n') != NULL ? 1 : 0;
        if (strncmp(line, "#define ", 8) == 0) {
            keep_place(expansions, line + 8, &place);
        } else if (sscanf(line, "# %u \"%4095[^\"\n]", &place.line, place.file) == 2) {
            continue;
        } else {
            keep_expansion(expansions, line);
        }
        place.line += ends;
    }
}

static bool preprocess(const char *compiler, const char *folder, expansions_t *expansions)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_preprocessor(compiler, folder, ends[1]);
    }
    close(ends[1]);
    FILE *const output = fdopen(ends[0], "r");
    if (child > 0 && output != NULL) {
        expansions_keep(expansions, output);
    }
    if (output != NULL) {
        fclose(output);
    }
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
}

bool expansions_read(expansions_t *expansions, const char *file, const char *path,
                     const char *compiler)
{
    char folder[SPOOL_NAME];
    spool_name(folder);
    if (mkdtemp(folder) == NULL) {
        spool_fail("made", folder);
        return false;
    }
    bool ok = make_probe(folder, path);
    if (!ok) {
        spool_fail("written", folder);
    } else if (!preprocess(compiler, folder, expansions)) {
        fprintf(
            stderr,
            "cistern: %s: '%s -E' failed: --cc '%s -I FOLDER' adds the folder of a header that it "
            "did not find; --cc can also name the target's own compiler\n",
            file, compiler, compiler);
        ok = false;
    }
    remove_probe(folder);
    return ok;
}

void expansions_free(expansions_t *expansions)
{
    for (int i = 0; i < OPTION_COUNT; ++i) {
        free(expansions->text[i]);
        free(expansions->file[i]);
    }
}
