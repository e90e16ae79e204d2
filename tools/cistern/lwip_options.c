/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_options.c - the values of lwIP's options on the device.
 *
 *   lwipopts.h --> a probe includes it and names each option --> cc -E --> "option: expansion"
 * lines expansion  --> evaluated as a constant expression of C; what is no number in it is an
 * option
 *
 * I1  an option depends on itself through at most DEPTH others; deeper is refused */
#include "lwip_options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEPTH = 40, LINE = 4096, WORDS = 64, SECONDS = 20 };

#define LWIP_OPTION_NAME(name, value) #name,
static const char *const option_names[] = {LWIP_OPTIONS(LWIP_OPTION_NAME)};
#define LWIP_OPTION_VALUE(name, value) value,
static const char *const option_defaults[] = {LWIP_OPTIONS(LWIP_OPTION_VALUE)};

/* What the file gives: the expansion of each option, or NULL. */
typedef struct expansions {
    char *text[OPTION_COUNT];
} expansions_t;

const char *lwip_option_name(lwip_option_t option)
{
    return option_names[option];
}

const char *lwip_option_source(option_source_t source)
{
    static const char *const names[] = {"lwIP's default", "seen in the capture",
                                        "said by the trace", "for the target's pointers",
                                        "lwipopts.h"};
    return names[source];
}

/* --- constant expressions -----------------------------------------------------------------------
 */

typedef struct evaluator {
    const char *at;
    unsigned depth;
    const lwip_options_t *options; /* values that are settled */
    const expansions_t *expansions;
    bool failed;
} evaluator_t;

static int64_t eval_conditional(evaluator_t *eval);
static int64_t eval_option(const evaluator_t *outer, lwip_option_t option, bool *failed);

static void skip_space(evaluator_t *eval)
{
    while (isspace((unsigned char)*eval->at)) {
        ++eval->at;
    }
}

static bool accept(evaluator_t *eval, const char *token)
{
    skip_space(eval);
    const size_t length = strlen(token);
    if (strncmp(eval->at, token, length) != 0) {
        return false;
    }
    eval->at += length;
    return true;
}

static int64_t fail_eval(evaluator_t *eval)
{
    eval->failed = true;
    return 0;
}

static int64_t eval_number(evaluator_t *eval)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(eval->at, &end, 0);
    while (*end == 'u' || *end == 'U' || *end == 'l' || *end == 'L') {
        ++end;
    }
    const bool whole = !isalnum((unsigned char)*end) && *end != '_' && *end != '.';
    eval->at = end;
    return whole && errno == 0 && number <= INT64_MAX ? (int64_t)number : fail_eval(eval);
}

static int64_t align_up(int64_t bytes, int64_t alignment)
{
    return alignment <= 1 ? bytes : (bytes + alignment - 1) / alignment * alignment;
}

/* The macros of lwIP that its defaults use. */
static int64_t eval_call(evaluator_t *eval, const char *name, size_t length)
{
    int64_t argument[2] = {0, 0};
    int count = 0;
    do {
        if (count == 2) {
            return fail_eval(eval);
        }
        argument[count++] = eval_conditional(eval);
    } while (!eval->failed && accept(eval, ","));
    if (eval->failed || !accept(eval, ")")) {
        return fail_eval(eval);
    }
    const int64_t low = argument[0] < argument[1] ? argument[0] : argument[1];
    const int64_t high = argument[0] < argument[1] ? argument[1] : argument[0];
    if (length == 8 && memcmp(name, "LWIP_MIN", 8) == 0 && count == 2) {
        return low;
    }
    if (length == 8 && memcmp(name, "LWIP_MAX", 8) == 0 && count == 2) {
        return high;
    }
    if (length == 19 && memcmp(name, "LWIP_MEM_ALIGN_SIZE", 19) == 0 && count == 1) {
        bool failed = false;
        const int64_t alignment = eval_option(eval, OPTION_MEM_ALIGNMENT, &failed);
        return failed || argument[0] > INT32_MAX ? fail_eval(eval)
                                                 : align_up(argument[0], alignment);
    }
    return fail_eval(eval);
}

static int64_t eval_name(evaluator_t *eval)
{
    const char *const name = eval->at;
    while (isalnum((unsigned char)*eval->at) || *eval->at == '_') {
        ++eval->at;
    }
    const size_t length = (size_t)(eval->at - name);
    if (accept(eval, "(")) {
        return eval_call(eval, name, length);
    }
    for (int i = 0; i < OPTION_COUNT; ++i) {
        if (strlen(option_names[i]) == length && memcmp(option_names[i], name, length) == 0) {
            return eval_option(eval, (lwip_option_t)i, &eval->failed);
        }
    }
    return fail_eval(eval);
}

/* A type in parentheses before a value: its name is of those that options use. */
static bool skip_cast(evaluator_t *eval)
{
    static const char *const types[] = {
        "size_t",   "mem_size_t", "u8_t",     "u16_t",        "u32_t",         "s8_t",
        "s16_t",    "s32_t",      "int",      "unsigned int", "unsigned long", "long",
        "unsigned", "uint32_t",   "uint16_t", "uint8_t",      "tcpwnd_size_t"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
        const char *const start = eval->at;
        if (accept(eval, types[i]) && accept(eval, ")")) {
            return true;
        }
        eval->at = start;
    }
    return false;
}

static int64_t eval_unary(evaluator_t *eval)
{
    skip_space(eval);
    if (eval->failed || ++eval->depth > 400) {
        return fail_eval(eval);
    }
    int64_t value = 0;
    if (accept(eval, "(")) {
        if (skip_cast(eval)) {
            value = eval_unary(eval);
        } else {
            value = eval_conditional(eval);
            value = accept(eval, ")") ? value : fail_eval(eval);
        }
    } else if (accept(eval, "-")) {
        value = -eval_unary(eval);
    } else if (accept(eval, "+")) {
        value = eval_unary(eval);
    } else if (accept(eval, "~")) {
        value = ~eval_unary(eval);
    } else if (eval->at[0] == '!' && eval->at[1] != '=') {
        ++eval->at;
        value = !eval_unary(eval);
    } else if (isdigit((unsigned char)*eval->at)) {
        value = eval_number(eval);
    } else if (isalpha((unsigned char)*eval->at) || *eval->at == '_') {
        value = eval_name(eval);
    } else {
        value = fail_eval(eval);
    }
    --eval->depth;
    return value;
}

/* Binary operators in order of their rank: those of a higher rank bind closer. */
typedef struct operation {
    const char *token;
    int rank;
    char kind;
} operation_t;

static const operation_t operations[] = {
    {"||", 1, 'O'}, {"&&", 2, 'A'}, {"==", 6, 'E'}, {"!=", 6, 'N'}, {"<<", 8, 'L'}, {">>", 8, 'R'},
    {"<=", 7, 'l'}, {">=", 7, 'g'}, {"<", 7, '<'},  {">", 7, '>'},  {"|", 3, '|'},  {"^", 4, '^'},
    {"&", 5, '&'},  {"+", 9, '+'},  {"-", 9, '-'},  {"*", 10, '*'}, {"/", 10, '/'}, {"%", 10, '%'},
};

static int64_t divide(evaluator_t *eval, char kind, int64_t a, int64_t b)
{
    if (b == 0 || (b == -1 && a == INT64_MIN)) {
        return fail_eval(eval);
    }
    return kind == '/' ? a / b : a % b;
}

static int64_t arithmetic(evaluator_t *eval, char kind, int64_t a, int64_t b)
{
    int64_t result = 0;
    const bool overflows = kind == '+'   ? __builtin_add_overflow(a, b, &result)
                           : kind == '-' ? __builtin_sub_overflow(a, b, &result)
                                         : __builtin_mul_overflow(a, b, &result);
    return overflows ? fail_eval(eval) : result;
}

static int64_t apply(evaluator_t *eval, char kind, int64_t a, int64_t b)
{
    switch (kind) {
    case 'O':
        return a != 0 || b != 0;
    case 'A':
        return a != 0 && b != 0;
    case 'E':
        return a == b;
    case 'N':
        return a != b;
    case 'l':
        return a <= b;
    case 'g':
        return a >= b;
    case '<':
        return a < b;
    case '>':
        return a > b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '&':
        return a & b;
    case 'L':
        return b < 0 || b > 40 || a < 0 || a > INT_MAX ? fail_eval(eval) : a << b;
    case 'R':
        return b < 0 || b > 62 || a < 0 ? fail_eval(eval) : a >> b;
    case '/':
    case '%':
        return divide(eval, kind, a, b);
    default:
        return arithmetic(eval, kind, a, b);
    }
}

static const operation_t *next_operation(evaluator_t *eval)
{
    skip_space(eval);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; ++i) {
        if (strncmp(eval->at, operations[i].token, strlen(operations[i].token)) == 0) {
            return &operations[i];
        }
    }
    return NULL;
}

static int64_t eval_binary(evaluator_t *eval, int rank)
{
    int64_t value = eval_unary(eval);
    const operation_t *operation = next_operation(eval);
    while (operation != NULL && operation->rank >= rank && !eval->failed) {
        eval->at += strlen(operation->token);
        const int64_t right = eval_binary(eval, operation->rank + 1);
        value = apply(eval, operation->kind, value, right);
        operation = next_operation(eval);
    }
    return value;
}

static int64_t eval_conditional(evaluator_t *eval)
{
    const int64_t condition = eval_binary(eval, 1);
    if (eval->failed || !accept(eval, "?")) {
        return condition;
    }
    const int64_t yes = eval_conditional(eval);
    if (!accept(eval, ":")) {
        return fail_eval(eval);
    }
    const int64_t no = eval_conditional(eval);
    return condition != 0 ? yes : no;
}

/* The value of an option: what the file or the capture says, else the default's expression. */
static int64_t eval_option(const evaluator_t *outer, lwip_option_t option, bool *failed)
{
    const char *const given = outer->expansions != NULL ? outer->expansions->text[option] : NULL;
    if (given == NULL && outer->options->source[option] != OPTION_DEFAULT) {
        return outer->options->value[option];
    }
    evaluator_t eval = {.at = given != NULL ? given : option_defaults[option],
                        .depth = outer->depth + 10,
                        .options = outer->options,
                        .expansions = outer->expansions};
    const int64_t value = eval.depth > 10 * DEPTH ? fail_eval(&eval) : eval_conditional(&eval);
    skip_space(&eval);
    *failed = *failed || eval.failed || *eval.at != '\0';
    return value;
}

/* Evaluates every option anew. The first that is no constant is returned, or OPTION_COUNT. */
static lwip_option_t settle(lwip_options_t *options, const expansions_t *expansions)
{
    lwip_options_t settled = *options;
    for (int i = 0; i < OPTION_COUNT; ++i) {
        bool failed = false;
        const evaluator_t root = {.options = options, .expansions = expansions};
        settled.value[i] = eval_option(&root, (lwip_option_t)i, &failed);
        if (failed || settled.value[i] < 0 || settled.value[i] > (int64_t)1 << 40) {
            return (lwip_option_t)i;
        }
        if (expansions != NULL && expansions->text[i] != NULL) {
            settled.source[i] = OPTION_FILE;
        }
    }
    *options = settled;
    return OPTION_COUNT;
}

void lwip_options_defaults(lwip_options_t *options)
{
    memset(options, 0, sizeof *options);
    (void)settle(options, NULL);
}

void lwip_options_observe(lwip_options_t *options, lwip_option_t option, int64_t value,
                          option_source_t source)
{
    if (options->source[option] == OPTION_FILE) {
        return;
    }
    options->value[option] = value;
    options->source[option] = source;
    (void)settle(options, NULL);
}

/* --- the preprocessor ---------------------------------------------------------------------------
 */

/* Writes the probe: the file, then a line for each option that it defines. */
static bool write_probe(FILE *probe, const char *path)
{
    fprintf(probe, "#define LWIP_DBG_OFF 0\n#define LWIP_DBG_ON 1\n#include \"%s\"\n", path);
    for (int i = 0; i < OPTION_COUNT; ++i) {
        fprintf(probe, "#ifdef %s\n@cistern %d %s\n#endif\n", option_names[i], i, option_names[i]);
    }
    return fclose(probe) == 0;
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

static void run_preprocessor(const char *compiler, const char *probe, int output)
{
    static char words[LINE];
    char *arguments[WORDS + 8];
    int count = 0;
    snprintf(words, sizeof words, "%s", compiler);
    for (char *word = strtok(words, " "); word != NULL && count < WORDS; word = strtok(NULL, " ")) {
        arguments[count++] = word;
    }
    static char options[][8] = {"-E", "-P", "-x", "c"};
    for (size_t i = 0; i < 4; ++i) {
        arguments[count++] = options[i];
    }
    arguments[count++] = (char *)(uintptr_t)probe;
    arguments[count] = NULL;
    dup2(output, 1);
    limit_child();
    execvp(arguments[0], arguments);
    fprintf(stderr, "cistern: %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

/* Keeps the expansions that the preprocessor printed. */
static void keep_lines(FILE *output, expansions_t *expansions)
{
    static char line[LINE];
    while (fgets(line, sizeof line, output) != NULL) {
        int option = 0;
        int start = 0;
        if (sscanf(line, " @cistern %d %n", &option, &start) == 1 && start > 0 && option >= 0 &&
            option < OPTION_COUNT && expansions->text[option] == NULL) {
            line[strcspn(line, "\n")] = '\0';
            expansions->text[option] = strdup(line + start);
        }
    }
}

static bool preprocess(const char *compiler, const char *probe, expansions_t *expansions)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_preprocessor(compiler, probe, ends[1]);
    }
    close(ends[1]);
    FILE *const output = fdopen(ends[0], "r");
    if (child > 0 && output != NULL) {
        keep_lines(output, expansions);
    }
    if (output != NULL) {
        fclose(output);
    }
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
}

/* #define X X, or an option that is defined without a value, is the default. */
static void drop_empty(expansions_t *expansions)
{
    for (int i = 0; i < OPTION_COUNT; ++i) {
        char *const text = expansions->text[i];
        if (text != NULL &&
            (text[strspn(text, " \t")] == '\0' || strcmp(text, option_names[i]) == 0)) {
            free(text);
            expansions->text[i] = NULL;
        }
    }
}

static bool evaluate_file(lwip_options_t *options, const char *file, const expansions_t *expansions)
{
    const lwip_option_t bad = settle(options, expansions);
    if (bad == OPTION_COUNT) {
        return true;
    }
    fprintf(stderr, "cistern: %s: %s is no number that can be computed: %.200s\n", file,
            option_names[bad],
            expansions->text[bad] != NULL ? expansions->text[bad] : option_defaults[bad]);
    return false;
}

/* Evaluates the expansions, and frees them. */
static bool finish(lwip_options_t *options, const char *file, expansions_t *expansions)
{
    drop_empty(expansions);
    const bool ok = evaluate_file(options, file, expansions);
    for (int i = 0; i < OPTION_COUNT; ++i) {
        free(expansions->text[i]);
    }
    return ok;
}

bool lwip_options_expanded(lwip_options_t *options, const char *file, FILE *text)
{
    expansions_t expansions = {{NULL}};
    keep_lines(text, &expansions);
    return finish(options, file, &expansions);
}

bool lwip_options_read(lwip_options_t *options, const char *file, const char *compiler)
{
    char path[PATH_MAX];
    char probe[] = "/tmp/cistern-XXXXXX";
    if (realpath(file, path) == NULL || strchr(path, '"') != NULL || strchr(path, '\n') != NULL) {
        fprintf(stderr, "cistern: %s: %s\n", file, strerror(errno));
        return false;
    }
    const int handle = mkstemp(probe);
    FILE *const stream = handle < 0 ? NULL : fdopen(handle, "w");
    if (stream == NULL || !write_probe(stream, path)) {
        fprintf(stderr, "cistern: %s: %s\n", probe, strerror(errno));
        return false;
    }
    expansions_t expansions = {{NULL}};
    const bool expanded = preprocess(compiler, probe, &expansions);
    unlink(probe);
    if (!expanded) {
        fprintf(stderr,
                "cistern: %s: '%s -E' failed; --cc names another compiler or folders (-I)\n", file,
                compiler);
    }
    return finish(options, file, &expansions) && expanded;
}
