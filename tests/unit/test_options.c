#include "cli/option_values.h"
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

#include "child_process.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

enum { MOST_WORDS = 12 };

struct settings {
    bool verbose, quiet;
    const char *key, *delay, *compare;
    uint64_t count;
    struct text_list sides;
};

static bool store_compare(void *target, const char *argument, struct error_text *error)
{
    (void)error;
    *(const char **)target = argument ? argument : "default";
    return true;
}

static const struct option_row own_rows[] = {
    {"count", 'n', "N", "how many", "1", GROUP_TOOL, store_count, offsetof(struct settings, count),
     OPTION_ONCE},
    {"key", 'k', "EXPR", "what belongs together", NULL, GROUP_COMMON, store_text,
     offsetof(struct settings, key), OPTION_ONCE},
    {"side", 0, "FILE", "one of the sides", NULL, GROUP_TOOL, store_text_list,
     offsetof(struct settings, sides), OPTION_REPEATABLE},
    {"compare", 'c', "[RATIO]", "compare runs", NULL, GROUP_TOOL, store_compare,
     offsetof(struct settings, compare), OPTION_ONCE},
    {.name = NULL},
};
static const struct option_row shared_rows[] = {
    {"verbose", 'v', NULL, "counters at the end", NULL, GROUP_COMMON, store_flag,
     offsetof(struct settings, verbose), OPTION_ONCE},
    {"quiet", 'q', NULL, "no counters", NULL, GROUP_REPORT, store_flag,
     offsetof(struct settings, quiet), OPTION_ONCE},
    {"delay", 'd', "DURATION", "expected disorder", "0", GROUP_COMMON, store_text,
     offsetof(struct settings, delay), OPTION_ONCE},
    {.name = NULL},
};

static struct settings settings;
static const struct option_set sets[] = {{own_rows, &settings}, {shared_rows, &settings}};

static char *details(void)
{
    return duplicate_text("libexample 1.2");
}

static const struct command command = {
    .name = "evtest",
    .summary = "Try options",
    .synopsis = "evtest [OPTION]... [FILE]...\nevtest --compare FILE FILE",
    .examples = {{"Count by user", "evtest -k .user"}, {"Wait a little", "evtest -d 5s clicks"}},
    .sets = sets,
    .set_count = COUNT(sets),
    .version_details = details,
};

/* Splits "evtest -k .user" at spaces and parses it; the operands are printed. */
static void parse_line(void *argument)
{
    char line[256], *words[MOST_WORDS + 1] = {NULL};
    int count = 0;
    program_invocation_short_name = (char[]){"evtest"};
    snprintf(line, sizeof(line), "%s", (const char *)argument);
    for (char *word = strtok(line, " "); word && count < MOST_WORDS; word = strtok(NULL, " "))
        words[count++] = word;
    int first = options_parse(&command, count, words);
    printf("k=%s d=%s c=%s n=%llu%s%s", settings.key ? settings.key : "",
           settings.delay ? settings.delay : "", settings.compare ? settings.compare : "",
           (unsigned long long)settings.count, settings.verbose ? " v" : "",
           settings.quiet ? " q" : "");
    for (size_t i = 0; i < settings.sides.count; i++)
        printf(" side=%s", settings.sides.texts[i]);
    for (int i = first; i < count; i++)
        printf(" [%s]", words[i]);
}

static struct child_outcome parse(const char *line)
{
    return child_run(parse_line, (void *)(uintptr_t)line, NULL);
}

static void reads_command_lines(void **state)
{
    static const struct {
        const char *line, *result;
    } rows[] = {
        {"evtest", "k= d= c= n=0"},
        {"evtest -k .user", "k=.user d= c= n=0"},
        {"evtest -k.user", "k=.user d= c= n=0"},
        {"evtest --key .user", "k=.user d= c= n=0"},
        {"evtest --key=.user", "k=.user d= c= n=0"},
        {"evtest --key=", "k= d= c= n=0"},
        {"evtest --key=a=b", "k=a=b d= c= n=0"},
        {"evtest --key --delay", "k=--delay d= c= n=0"},
        {"evtest --delay -5s", "k= d=-5s c= n=0"},
        {"evtest -vqn3", "k= d= c= n=3 v q"},
        {"evtest -vk .user -q", "k=.user d= c= n=0 v q"},
        {"evtest --compare", "k= d= c=default n=0"},
        {"evtest --compare a", "k= d= c=default n=0 [a]"},
        {"evtest --compare=1.2 a", "k= d= c=1.2 n=0 [a]"},
        {"evtest -c1.2 -v", "k= d= c=1.2 n=0 v"},
        {"evtest --side a --side=b --side a", "k= d= c= n=0 side=a side=b side=a"},
        {"evtest a -v b --delay 5s c", "k= d=5s c= n=0 v [a] [b] [c]"},
        {"evtest -v -- -q --bogus", "k= d= c= n=0 v [-q] [--bogus]"},
        {"evtest - -v -", "k= d= c= n=0 v [-] [-]"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct child_outcome outcome = parse(rows[i].line);
        assert_string_equal(outcome.errors, "");
        assert_string_equal(outcome.output, rows[i].result);
        assert_int_equal(outcome.status, 0);
    }
}

static void refuses_with_a_hint(void **state)
{
    static const struct {
        const char *line, *message;
    } rows[] = {
        {"evtest --bogus", "there is no option --bogus"},
        {"evtest --bogus=3", "there is no option --bogus"},
        {"evtest --dealy 5s", "there is no option --dealy; did you mean --delay?"},
        {"evtest --dleay=5s", "there is no option --dleay; did you mean --delay?"},
        {"evtest --del 5s", "there is no option --del; did you mean --delay?"},
        {"evtest --del=5s", "there is no option --del; did you mean --delay?"},
        {"evtest --del", "there is no option --del; did you mean --delay?"},
        {"evtest a b --del 5s c", "there is no option --del; did you mean --delay?"},
        {"evtest --verb", "there is no option --verb; did you mean --verbose?"},
        {"evtest --verb=1", "there is no option --verb; did you mean --verbose?"},
        {"evtest --ver", "there is no option --ver; did you mean --verbose?"},
        {"evtest --versio", "there is no option --versio; did you mean --version?"},
        {"evtest --hepl", "there is no option --hepl; did you mean --help?"},
        {"evtest --comp=2", "there is no option --comp; did you mean --compare?"},
        {"evtest --Key x", "there is no option --Key; did you mean --key?"},
        {"evtest -Y", "there is no option -Y"},
        {"evtest -vY", "there is no option -Y"},
        {"evtest -\x01", "there is no option -\\x01"},
        {"evtest --key", "--key needs a value: EXPR"},
        {"evtest -vk", "-k needs a value: EXPR"},
        {"evtest --verbose=yes", "--verbose takes no value"},
        {"evtest --help=3", "--help takes no value"},
        {"evtest -k a -k b", "--key is given twice"},
        {"evtest -k a --key=b", "--key is given twice"},
        {"evtest -vv", "--verbose is given twice"},
        {"evtest -n x", "--count: 'x' is not a count (0, 1, 2, ...)"},
        {"evtest --count=-1", "--count: '-1' is not a count (0, 1, 2, ...)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[512];
        struct child_outcome outcome = parse(rows[i].line);
        snprintf(expected, sizeof(expected), "evtest: %s\nTry 'evtest --help'.\n", rows[i].message);
        assert_string_equal(outcome.errors, expected);
        assert_string_equal(outcome.output, "");
        assert_int_equal(outcome.status, STATUS_USAGE);
    }
}

static void shows_help(void **state)
{
    static const char expected[] =
        "Usage: evtest [OPTION]... [FILE]...\n"
        "       evtest --compare FILE FILE\n"
        "Try options.\n"
        "  Count by user:\n"
        "    evtest -k .user\n"
        "  Wait a little:\n"
        "    evtest -d 5s clicks\n"
        "Options, with what holds when they are not given; all of it: man evtest\n"
        "  -k, --key EXPR         what belongs together\n"
        "  -d, --delay DURATION   expected disorder                        0\n"
        "  -v, --verbose          counters at the end\n"
        "evtest:\n"
        "  -n, --count N          how many                                 1\n"
        "      --side FILE        one of the sides\n"
        "  -c, --compare[=RATIO]  compare runs\n"
        "Output and reports:\n"
        "  -q, --quiet            no counters\n"
        "  -h, --help             this text\n"
        "      --version          what this is and what it is linked with\n";
    (void)state;
    struct child_outcome outcome = parse("evtest a --help --bogus");
    assert_string_equal(outcome.output, expected);
    assert_string_equal(outcome.errors, "");
    assert_int_equal(outcome.status, STATUS_OK);
    assert_string_equal(parse("evtest -h").output, expected);
}

static void shows_its_version(void **state)
{
    (void)state;
    struct child_outcome outcome = parse("evtest --version");
    assert_string_equal(outcome.output, "evtest (evtools) " EVTOOLS_VERSION "\nlibexample 1.2\n");
    assert_int_equal(outcome.status, STATUS_OK);
}

static void checks_that_help_arrived(void **state)
{
    static const char *const lines[] = {"evtest --help", "evtest --version"};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct child_outcome outcome = child_run(parse_line, (void *)(uintptr_t)lines[i],
                                                 "/dev/full");
        assert_int_equal(outcome.status, STATUS_IO);
        assert_string_equal(outcome.errors, "evtest: standard output: No space left on device\n");
    }
}

static void meet_a_terminal(void *argument)
{
    (void)argument;
    program_invocation_short_name = (char[]){"evtest"};
    usage_at_terminal(&command);
}

static void five_lines_at_a_terminal(void **state)
{
    (void)state;
    struct child_outcome outcome = child_run(meet_a_terminal, NULL, NULL);
    assert_string_equal(outcome.errors,
                        "evtest: no FILE is given, and standard input is a terminal\n"
                        "Usage: evtest [OPTION]... [FILE]...\n"
                        "Try options.\n"
                        "Example: evtest -k .user\n"
                        "Try 'evtest --help'.\n");
    assert_string_equal(outcome.output, "");
    assert_int_equal(outcome.status, STATUS_USAGE);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_command_lines),
        cmocka_unit_test(refuses_with_a_hint),
        cmocka_unit_test(shows_help),
        cmocka_unit_test(shows_its_version),
        cmocka_unit_test(checks_that_help_arrived),
        cmocka_unit_test(five_lines_at_a_terminal),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
