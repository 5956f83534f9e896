#include "cli/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "child_process.h"

static void say(void *argument)
{
    program_invocation_short_name = (char[]){"evtest"};
    warn("%s", (const char *)argument);
}

static void escapes_what_a_terminal_may_obey(void **state)
{
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"plain", "evtest: plain\n"},
        {"", "evtest: \n"},
        {"a\nb\tc", "evtest: a\\x0ab\\x09c\n"},
        {"\x1b[2J\x7f", "evtest: \\x1b[2J\\x7f\n"},
        {"Gr\xc3\xbc\xc3\x9f"
         "e \xe2\x82\xac \xf0\x9f\x98\x80",
         "evtest: Gr\xc3\xbc\xc3\x9f"
         "e \xe2\x82\xac \xf0\x9f\x98\x80\n"},
        {"\xc2\x9b"
         "31m",
         "evtest: \\xc2\\x9b31m\n"},
        {"\x9b"
         "31m \xff",
         "evtest: \\x9b31m \\xff\n"},
        {"\xc3", "evtest: \\xc3\n"},
        {"\xe2\x82", "evtest: \\xe2\\x82\n"},
        {"\xc0\xaf \xe0\x80\x80", "evtest: \\xc0\\xaf \\xe0\\x80\\x80\n"},
        {"\xed\xa0\x80", "evtest: \\xed\\xa0\\x80\n"},
        {"\xf4\x90\x80\x80", "evtest: \\xf4\\x90\\x80\\x80\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct child_outcome outcome = child_run(say, (void *)(uintptr_t)rows[i].text, NULL);
        assert_string_equal(outcome.errors, rows[i].line);
        assert_string_equal(outcome.output, "");
        assert_int_equal(outcome.status, 0);
    }
}

static void fail_to_open(void *argument)
{
    (void)argument;
    program_invocation_short_name = (char[]){"evtest"};
    errno = ENOENT;
    die(STATUS_IO, "%s:", "clicks.ndjson");
}

static void appends_the_system_error(void **state)
{
    (void)state;
    struct child_outcome outcome = child_run(fail_to_open, NULL, NULL);
    assert_string_equal(outcome.errors, "evtest: clicks.ndjson: No such file or directory\n");
    assert_int_equal(outcome.status, STATUS_IO);
}

/* A seqpacket socket keeps what each write brought apart. */
static void writes_each_message_at_once(void **state)
{
    int ends[2], saved = dup(STDERR_FILENO);
    char message[16384], controls[5000];
    (void)state;
    memset(controls, '\x01', sizeof(controls) - 1);
    controls[sizeof(controls) - 1] = '\0';
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    dup2(ends[0], STDERR_FILENO);
    errno = EAGAIN;
    warn("%s", controls);
    warn("second");
    dup2(saved, STDERR_FILENO);
    assert_int_equal(errno, EAGAIN);
    ssize_t length = recv(ends[1], message, sizeof(message), 0);
    assert_true(length > 4000 && message[length - 1] == '\n');
    length = recv(ends[1], message, sizeof(message), 0);
    assert_int_equal(memcmp(message + length - 9, ": second\n", 9), 0);
    close(ends[0]);
    close(ends[1]);
    close(saved);
}

static void ask_for_too_much(void *argument)
{
    (void)argument;
    volatile size_t much = PTRDIFF_MAX;
    reallocate(NULL, much);
}

static void ends_without_memory(void **state)
{
    (void)state;
    struct child_outcome outcome = child_run(ask_for_too_much, NULL, NULL);
    assert_int_not_equal(outcome.status, 0);
    /* A sanitizer ends the program before we can say anything. */
    if (!strstr(outcome.errors, "Sanitizer")) {
        assert_int_equal(outcome.status, STATUS_IO);
        assert_non_null(strstr(outcome.errors, "out of memory"));
    }
}

static void cuts_what_is_too_long_for_error_text(void **state)
{
    struct error_text error;
    char text[400];
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(refuse(&error, "%s", text));
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    assert_false(refuse(NULL, "%s", text));
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(escapes_what_a_terminal_may_obey),
        cmocka_unit_test(appends_the_system_error),
        cmocka_unit_test(writes_each_message_at_once),
        cmocka_unit_test(ends_without_memory),
        cmocka_unit_test(cuts_what_is_too_long_for_error_text),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
