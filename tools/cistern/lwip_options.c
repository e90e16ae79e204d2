/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_options.c - the values of lwIP's options on the device.
 *
 *   lwipopts.h --> lwip_probe.c --> expansion of each option --> evaluated as a constant
 *                                                                expression of C --> value
 *
 * A name that is left in an expansion is an option, or one that lwIP's own headers define.
 *
 * I1  an option depends on itself through at most DEPTH others; deeper is refused */
#include "lwip_options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwip_probe.h"

enum { DEPTH = 40 };

#define LWIP_OPTION_NAME(name, value) #name,
static const char *const option_names[] = {LWIP_OPTIONS(LWIP_OPTION_NAME)};
#define LWIP_OPTION_VALUE(name, value) value,
static const char *const option_defaults[] = {LWIP_OPTIONS(LWIP_OPTION_VALUE)};

/* What lwIP's headers define beside those options, and options refer to: other options with their
 * defaults, and lengths. */
typedef struct known {
    const char *name;
    const char *value;
} known_t;

static const known_t known_names[] = {
    {"LWIP_NUM_SYS_TIMEOUT_INTERNAL",
     "LWIP_TCP + IP_REASSEMBLY + LWIP_ARP + 2 * LWIP_DHCP + LWIP_AUTOIP + LWIP_IGMP + LWIP_DNS + "
     "PPP_NUM_TIMEOUTS + LWIP_IPV6 * (1 + LWIP_IPV6_REASS + LWIP_IPV6_MLD)"},
    {"PBUF_TRANSPORT_HLEN", "20"},
    {"PBUF_IP_HLEN", "LWIP_IPV6 ? 40 : 20"},
    {"TCP_HLEN", "20"},
    {"UDP_HLEN", "8"},
    {"ICMP_HLEN", "8"},
    {"IP_HLEN", "20"},
    {"IP6_HLEN", "40"},
    {"SIZEOF_ETH_HDR", "14 + ETH_PAD_SIZE"},
    {"SIZEOF_VLAN_HDR", "4"},
    {"SIZEOF_ETHARP_HDR", "28"},
    {"ETH_HWADDR_LEN", "6"},
    {"ETHARP_HWADDR_LEN", "6"},
    {"NETIF_MAX_HWADDR_LEN", "6"},
    {"TCPWND_MAX", "LWIP_WND_SCALE ? 0xFFFFFFFF : 0xFFFF"},
    {"UINT8_MAX", "0xFF"},
    {"UINT16_MAX", "0xFFFF"},
    {"UINT32_MAX", "0xFFFFFFFF"},
    {"INT16_MAX", "0x7FFF"},
    {"INT32_MAX", "0x7FFFFFFF"},
    {"SYS_LIGHTWEIGHT_PROT", "1"},
    {"LWIP_TIMERS", "1"},
    {"MEMP_MEM_INIT", "0"},
    {"MEMP_SANITY_CHECK", "0"},
    {"MEM_SANITY_CHECK", "0"},
    {"MEM_USE_POOLS_TRY_BIGGER_POOL", "0"},
    {"MEMP_USE_CUSTOM_POOLS", "0"},
    {"MEMP_NUM_ALTCP_PCB", "MEMP_NUM_TCP_PCB"},
    {"MEMP_NUM_SELECT_CB", "4"},
    {"MEMP_NUM_NETDB", "1"},
    {"MEMP_NUM_LOCALHOSTLIST", "1"},
    {"MEMP_NUM_API_MSG", "MEMP_NUM_TCPIP_MSG_API"},
    {"MEMP_NUM_DNS_API_MSG", "MEMP_NUM_TCPIP_MSG_API"},
    {"MEMP_NUM_SOCKET_SETGETSOCKOPT_DATA", "MEMP_NUM_TCPIP_MSG_API"},
    {"MEMP_NUM_NETIFAPI_MSG", "MEMP_NUM_TCPIP_MSG_API"},
    {"MEMP_NUM_PPP_PCB", "1"},
    {"PPP_SUPPORT", "0"},
    {"PPPOE_SUPPORT", "0"},
    {"PPPOS_SUPPORT", "PPP_SUPPORT"},
    {"ARP_TABLE_SIZE", "10"},
    {"ARP_MAXAGE", "300"},
    {"ETHARP_SUPPORT_VLAN", "0"},
    {"LWIP_ETHERNET", "LWIP_ARP || PPPOE_SUPPORT"},
    {"IP_FORWARD", "0"},
    {"IP_DEFAULT_TTL", "255"},
    {"DNS_TABLE_SIZE", "4"},
    {"DNS_MAX_SERVERS", "2"},
    {"DNS_MAX_NAME_LENGTH", "256"},
    {"TCP_DEFAULT_LISTEN_BACKLOG", "0xFF"},
    {"TCP_CALCULATE_EFF_SEND_MSS", "1"},
    {"LWIP_EVENT_API", "0"},
    {"LWIP_ALTCP", "0"},
    {"LWIP_ALTCP_TLS", "0"},
    {"LWIP_SINGLE_NETIF", "0"},
    {"LWIP_NETIF_LOOPBACK", "0"},
    {"LWIP_HAVE_LOOPIF", "LWIP_NETIF_LOOPBACK && !LWIP_SINGLE_NETIF"},
    {"LWIP_LOOPBACK_MAX_PBUFS", "0"},
    {"LWIP_NUM_NETIF_CLIENT_DATA", "0"},
    {"LWIP_STATS", "1"},
    {"DEFAULT_RAW_RECVMBOX_SIZE", "0"},
    {"LWIP_ICMP6", "LWIP_IPV6"},
    {"LWIP_IPV6_FORWARD", "0"},
    {"LWIP_IPV6_NUM_ADDRESSES", "3"},
    {"LWIP_IPV6_AUTOCONFIG", "LWIP_IPV6"},
    {"LWIP_IPV6_SEND_ROUTER_SOLICIT", "LWIP_IPV6"},
    {"LWIP_IPV6_DUP_DETECT_ATTEMPTS", "1"},
    {"LWIP_IPV6_DHCP6", "0"},
    {"LWIP_ND6_NUM_NEIGHBORS", "10"},
    {"LWIP_ND6_NUM_DESTINATIONS", "10"},
    {"LWIP_ND6_NUM_PREFIXES", "5"},
    {"LWIP_ND6_NUM_ROUTERS", "3"},
};

/* Why an expansion is no number. */
typedef struct failure {
    const char *why;      /* NULL: it is one */
    const char *name;     /* that this is about; NULL: the expansion */
    size_t length;        /* of the name */
    lwip_option_t option; /* whose expansion it is */
} failure_t;

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
    failure_t *failure;
} evaluator_t;

static int64_t eval_conditional(evaluator_t *eval);
static int64_t eval_option(const evaluator_t *outer, lwip_option_t option);
static int64_t eval_text(const evaluator_t *outer, const char *text);

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

static bool has_failed(const evaluator_t *eval)
{
    return eval->failure->why != NULL;
}

/* The first reason stays. */
static int64_t fail_name(evaluator_t *eval, const char *why, const char *name, size_t length)
{
    if (!has_failed(eval)) {
        *eval->failure =
            (failure_t){.why = why, .name = name, .length = length, .option = OPTION_COUNT};
    }
    return 0;
}

static int64_t fail_eval(evaluator_t *eval)
{
    return fail_name(eval, "no expression of integers", NULL, 0);
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

static bool is_name(const char *name, size_t length, const char *other)
{
    return strlen(other) == length && memcmp(name, other, length) == 0;
}

/* The macros of lwIP that options use. */
static int64_t eval_call(evaluator_t *eval, const char *name, size_t length)
{
    int64_t argument[2] = {0, 0};
    int count = 0;
    do {
        if (count == 2) {
            return fail_name(eval, "is not known", name, length);
        }
        argument[count++] = eval_conditional(eval);
    } while (!has_failed(eval) && accept(eval, ","));
    if (has_failed(eval) || !accept(eval, ")")) {
        return fail_eval(eval);
    }
    const int64_t low = argument[0] < argument[1] ? argument[0] : argument[1];
    const int64_t high = argument[0] < argument[1] ? argument[1] : argument[0];
    const bool aligns = is_name(name, length, "LWIP_MEM_ALIGN_SIZE");
    if (is_name(name, length, "LWIP_MIN") && count == 2) {
        return low;
    }
    if (is_name(name, length, "LWIP_MAX") && count == 2) {
        return high;
    }
    if ((aligns || is_name(name, length, "LWIP_MEM_ALIGN_BUFFER")) && count == 1) {
        const int64_t bytes = argument[0];
        const int64_t alignment = eval_option(eval, OPTION_MEM_ALIGNMENT);
        const bool plausible =
            bytes >= 0 && bytes <= INT32_MAX && alignment >= 0 && alignment <= INT32_MAX;
        return !plausible ? fail_eval(eval)
               : aligns   ? align_up(bytes, alignment)
                          : bytes + alignment - 1;
    }
    return fail_name(eval, "is not known", name, length);
}

/* Types of one width on every target; the value of a cast to one is what fits. */
typedef struct type {
    const char *name;
    unsigned bits;
    bool is_signed;
} type_t;

static const type_t types[] = {
    {"u8_t", 8, false},          {"u16_t", 16, false},       {"u32_t", 32, false},
    {"uint8_t", 8, false},       {"uint16_t", 16, false},    {"uint32_t", 32, false},
    {"s8_t", 8, true},           {"s16_t", 16, true},        {"s32_t", 32, true},
    {"int8_t", 8, true},         {"int16_t", 16, true},      {"int32_t", 32, true},
    {"unsigned char", 8, false}, {"char", 8, true},          {"unsigned short", 16, false},
    {"short", 16, true},         {"size_t", 0, false},       {"mem_size_t", 0, false},
    {"ssize_t", 0, true},        {"ptrdiff_t", 0, true},     {"tcpwnd_size_t", 0, false},
    {"err_t", 8, true},          {"unsigned int", 0, false}, {"unsigned long long", 64, false},
    {"unsigned long", 0, false}, {"unsigned", 0, false},     {"long long", 64, true},
    {"long", 0, true},           {"int", 0, true},           {"uint64_t", 64, false},
    {"u64_t", 64, false},        {"int64_t", 64, true},      {"s64_t", 64, true},
};

/* A type and the parenthesis behind it; NULL if there is none. */
static const type_t *accept_type(evaluator_t *eval)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
        const char *const start = eval->at;
        if (accept(eval, types[i].name) && accept(eval, ")")) {
            return &types[i];
        }
        eval->at = start;
    }
    return NULL;
}

static int64_t cast(const type_t *type, int64_t value)
{
    return type->is_signed || type->bits == 0 || type->bits == 64
               ? value
               : value & (((int64_t)1 << type->bits) - 1);
}

/* Of a type that has one width on every target; structs and the rest are the target's. */
static int64_t eval_sizeof(evaluator_t *eval, const char *name, size_t length)
{
    const type_t *const type = accept_type(eval);
    return type != NULL && type->bits != 0
               ? (int64_t)type->bits / 8
               : fail_name(eval, "depends on the target: write its number", name, length);
}

static int64_t eval_known(evaluator_t *eval, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; ++i) {
        if (is_name(name, length, known_names[i].name)) {
            return eval_text(eval, known_names[i].value);
        }
    }
    return fail_name(eval, "is not defined", name, length);
}

static int64_t eval_name(evaluator_t *eval)
{
    const char *const name = eval->at;
    while (isalnum((unsigned char)*eval->at) || *eval->at == '_') {
        ++eval->at;
    }
    const size_t length = (size_t)(eval->at - name);
    if (accept(eval, "(")) {
        return is_name(name, length, "sizeof") ? eval_sizeof(eval, name, length)
                                               : eval_call(eval, name, length);
    }
    for (int i = 0; i < OPTION_COUNT; ++i) {
        if (is_name(name, length, option_names[i])) {
            return eval_option(eval, (lwip_option_t)i);
        }
    }
    return eval_known(eval, name, length);
}

static int64_t arithmetic(evaluator_t *eval, char kind, int64_t a, int64_t b)
{
    int64_t result = 0;
    const bool overflows = kind == '+'   ? __builtin_add_overflow(a, b, &result)
                           : kind == '-' ? __builtin_sub_overflow(a, b, &result)
                                         : __builtin_mul_overflow(a, b, &result);
    return overflows ? fail_eval(eval) : result;
}

static int64_t eval_unary(evaluator_t *eval)
{
    skip_space(eval);
    if (has_failed(eval) || ++eval->depth > 400) {
        return fail_name(eval, "too deep", NULL, 0);
    }
    int64_t value = 0;
    if (accept(eval, "(")) {
        const type_t *const type = accept_type(eval);
        if (type != NULL) {
            value = cast(type, eval_unary(eval));
        } else {
            value = eval_conditional(eval);
            value = accept(eval, ")") ? value : fail_eval(eval);
        }
    } else if (accept(eval, "-")) {
        value = arithmetic(eval, '-', 0, eval_unary(eval));
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
        return b < 0 || b > 62 || a < 0 || a > INT64_MAX >> b ? fail_eval(eval) : a << b;
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
    while (operation != NULL && operation->rank >= rank && !has_failed(eval)) {
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
    if (has_failed(eval) || !accept(eval, "?")) {
        return condition;
    }
    const int64_t yes = eval_conditional(eval);
    if (!accept(eval, ":")) {
        return fail_eval(eval);
    }
    const int64_t no = eval_conditional(eval);
    return condition != 0 ? yes : no;
}

/* The value of an expression that is used in another. */
static int64_t eval_text(const evaluator_t *outer, const char *text)
{
    evaluator_t eval = *outer;
    eval.at = text;
    eval.depth = outer->depth + 10;
    const int64_t value = eval.depth > 10 * DEPTH ? fail_name(&eval, "depends on itself", NULL, 0)
                                                  : eval_conditional(&eval);
    skip_space(&eval);
    return *eval.at == '\0' ? value : fail_eval(&eval);
}

/* The value of an option: what the file or the capture says, else the default's expression. */
static int64_t eval_option(const evaluator_t *outer, lwip_option_t option)
{
    const char *const given = outer->expansions != NULL ? outer->expansions->text[option] : NULL;
    if (given == NULL && outer->options->source[option] != OPTION_DEFAULT) {
        return outer->options->value[option];
    }
    const int64_t value = eval_text(outer, given != NULL ? given : option_defaults[option]);
    if (has_failed(outer) && outer->failure->option == OPTION_COUNT) {
        outer->failure->option = option;
    }
    return value;
}

/* Evaluates every option anew. False, and nothing changes, if one is no constant. */
static bool settle(lwip_options_t *options, const expansions_t *expansions, failure_t *failure)
{
    lwip_options_t settled = *options;
    for (int i = 0; i < OPTION_COUNT; ++i) {
        const evaluator_t root = {.options = options, .expansions = expansions, .failure = failure};
        settled.value[i] = eval_option(&root, (lwip_option_t)i);
        if (!has_failed(&root) && (settled.value[i] < 0 || settled.value[i] > (int64_t)1 << 40)) {
            *failure = (failure_t){.why = "out of range", .option = (lwip_option_t)i};
        }
        if (has_failed(&root)) {
            return false;
        }
        if (expansions != NULL && expansions->text[i] != NULL) {
            settled.source[i] = OPTION_FILE;
        }
    }
    *options = settled;
    return true;
}

void lwip_options_defaults(lwip_options_t *options)
{
    memset(options, 0, sizeof *options);
    failure_t failure = {.why = NULL};
    (void)settle(options, NULL, &failure);
}

void lwip_options_observe(lwip_options_t *options, lwip_option_t option, int64_t value,
                          option_source_t source)
{
    if (options->source[option] == OPTION_FILE) {
        return;
    }
    options->value[option] = value;
    options->source[option] = source;
    failure_t failure = {.why = NULL};
    (void)settle(options, NULL, &failure);
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

/* "file:line: OPTION is no number that can be computed: NAME is not defined: expansion" */
static void print_failure(const char *file, const char *path, const expansions_t *expansions,
                          const failure_t *failure)
{
    const lwip_option_t option = failure->option;
    const char *const defined = expansions->file[option];
    const bool given = expansions->text[option] != NULL;
    fprintf(stderr, "cistern: %s", defined == NULL || strcmp(defined, path) == 0 ? file : defined);
    if (defined != NULL) {
        fprintf(stderr, ":%u", expansions->line[option]);
    }
    fprintf(stderr, ": %s is no number that can be computed: %.*s%s%s: %.200s\n",
            option_names[option], (int)(failure->length < 80 ? failure->length : 80),
            failure->name != NULL ? failure->name : "", failure->name != NULL ? " " : "",
            failure->why, given ? expansions->text[option] : option_defaults[option]);
}

/* Evaluates the expansions. */
static bool evaluate(lwip_options_t *options, const char *file, const char *path,
                     expansions_t *expansions)
{
    failure_t failure = {.why = NULL};
    drop_empty(expansions);
    const bool ok = settle(options, expansions, &failure);
    if (!ok) {
        print_failure(file, path, expansions, &failure);
    }
    return ok;
}

bool lwip_options_expanded(lwip_options_t *options, const char *file, FILE *text)
{
    expansions_t expansions = {.text = {NULL}};
    expansions_keep(&expansions, text);
    const bool ok = evaluate(options, file, file, &expansions);
    expansions_free(&expansions);
    return ok;
}

bool lwip_options_read(lwip_options_t *options, const char *file, const char *compiler)
{
    char path[PATH_MAX];
    if (realpath(file, path) == NULL || strchr(path, '"') != NULL || strchr(path, '\n') != NULL) {
        fprintf(stderr, "cistern: %s: %s\n", file, strerror(errno));
        return false;
    }
    expansions_t expansions = {.text = {NULL}};
    const bool ok = expansions_read(&expansions, file, path, compiler) &&
                    evaluate(options, file, path, &expansions);
    expansions_free(&expansions);
    return ok;
}
