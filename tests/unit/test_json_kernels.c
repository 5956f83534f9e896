#include "scan_kernels.h"

#include <stdio.h>

/* All kernels against the portable one on random streams: lines of a few layouts with changing
   values, some of them damaged, so that the shortcut for known layouts is taken, refused and
   learnt anew all the time. */

enum { STREAMS = 3000, MAX_STREAM = 1 << 16 };

/* '#' becomes a number, '$' the inside of a string, '~' white space or nothing. */
static const char *const layouts[] = {
    "{\"type\":\"request\",\"id\":#,\"o\":{\"p\":\"$\",\"q\":[#,#,{\"r\":#}]},\"ok\":true}",
    "{\"type\":\"ack\",\"id\":#,\"o\":{\"p\":\"$\",\"q\":[#,#,{\"r\":#}]},\"ok\":null}",
    "{\"user\":\"$\",\"type\":\"view\",\"id\":\"$\",\"price\":#,\"ip\":\"10.0.0.1\"}",
    "{\"user\":\"$\",\"tope\":\"view\",\"id\":\"$\",\"price\":#,\"ip\":\"10.0.0.1\"}",
    "~{~\"id\"~:~#~,~\"o\"~:~[~]~,~\"type\"~:~\"$\"~}~",
    "{\"o\":[[#],{\"q\":[[]],\"p\":#},\"$\",{}],\"id\":{\"id\":{\"id\":#}}}",
    "{\"\\u0069d\":#,\"type\":\"$\",\"a rather long member name of more than 32 bytes\":#}",
    "{\"a rather long member name of more than 32 bytes too\":#,\"id\":#,\"n\":[[[[#]]]]}",
    "{\"$\":#,\"id\":#,\"$\":\"$\"}",
    "{}",
    "~",
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static const char *const numbers[] = {"0",     "-0",     "1714521600123456789",
                                      "12.50", "-7",     "1e3",
                                      "01",    "0.5E-7", "-",
                                      "1.",    "true",   "99999999999999999999999999999999",
                                      "null",  "nul",    "5",
                                      "123",   "0.30"};
static const char *const pieces[] = {"a",
                                     "b",
                                     "id",
                                     "camp",
                                     "\\\"",
                                     "\\\\",
                                     "\\n",
                                     "\\u0041",
                                     "\\ud83d\\ude00",
                                     "\\ud83d",
                                     "\xC3\xA4",
                                     "\xE2\x82\xAC",
                                     "{",
                                     "\xF0\x9F\x98\x80",
                                     "\xE2\x82",
                                     "}",
                                     "[",
                                     ":",
                                     ",",
                                     " ",
                                     "abcdefghijklmnopqrstuvwxyz",
                                     "0123456789",
                                     "]",
                                     "type"};
static const char *const spaces[] = {"", "", " ", "\t", "  ", "\r"};

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % bound;
}

#define PICK(array) (array)[random_below(sizeof(array) / sizeof *(array))]

static char *put(char *at, const char *text)
{
    size_t length = strlen(text);
    memcpy(at, text, length);
    return at + length;
}

static char *put_line(char *at, const char *layout)
{
    for (; *layout; layout++) {
        if (*layout == '#')
            at = put(at, random_below(12) ? "4711" : PICK(numbers));
        else if (*layout == '~')
            at = put(at, PICK(spaces));
        else if (*layout == '$')
            for (uint32_t count = random_below(6); count > 0; count--)
                at = put(at, pieces[random_below(random_below(24) ? 4 : 23)]);
        else
            *at++ = *layout;
    }
    return at;
}

static void damage(char *line, size_t length)
{
    static const char bytes[] = "\"\\{}[]:,0 1\xFF\x01\t\n\re-.u";
    for (uint32_t count = random_below(3); count > 0 && length > 0; count--) {
        size_t at = random_below((uint32_t)length);
        if (random_below(2))
            line[at] = bytes[random_below(sizeof bytes)];
        else
            line[at] = (char)(line[at] ^ (1 << random_below(8)));
    }
}

static size_t make_stream(char *stream)
{
    char *at = stream;
    uint32_t lines = 1 + random_below(40);
    uint32_t steady = random_below(LAYOUTS);
    for (uint32_t i = 0; i < lines; i++) {
        char *line = at;
        at = put_line(at, random_below(3) ? layouts[steady] : PICK(layouts));
        if (random_below(8) == 0)
            damage(line, (size_t)(at - line));
        if (i + 1 < lines || random_below(2))
            at = put(at, random_below(8) ? "\n" : "\r\n");
    }
    return (size_t)(at - stream);
}

static void scan_stream(struct scan_kernels *kernels, const char *at, const char *limit,
                        size_t counts[3])
{
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    while (at < limit) {
        counts[scan_kernels_line(kernels, at, limit, &line)]++;
        assert_true(line.next > at && line.next <= limit);
        at = line.next;
    }
}

static void compare_streams(const char *const *paths, size_t path_count, enum json_utf8 utf8)
{
    static char stream[MAX_STREAM];
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, path_count), utf8);
    size_t counts[3] = {0};
    for (int i = 0; i < STREAMS; i++) {
        size_t length = make_stream(stream);
        const char *at = scan_kernels_place(&kernels, stream, length, (char)random_below(256));
        scan_stream(&kernels, at, at + length, counts);
    }
    scan_kernels_close(&kernels);
    assert_true(counts[SCAN_RECORD] > counts[SCAN_REJECTED]);
    assert_true(counts[SCAN_REJECTED] > STREAMS / 2);
    assert_true(counts[SCAN_BLANK] > STREAMS / 2);
}

static void test_streams(void **state)
{
    (void)state;
    static const char *const all[] = {".id",    ".type",   ".o.p",      ".o.q[2].r",
                                      ".price", ".o[1].p", ".id.id.id", ".n[0]",
                                      ".user",  ".ok",     ".nowhere"};
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 0) | 1 : 20240501;
    print_message("SEED=%llu\n", (unsigned long long)random_state);
    compare_streams(all, 11, JSON_UTF8_CHECKED);
    compare_streams(all, 2, JSON_UTF8_CHECKED);
    compare_streams(all, 0, JSON_UTF8_UNCHECKED);
}

/* A long line makes the arrays grow; then short ones, then the long one again. */
static void test_long_lines(void **state)
{
    (void)state;
    static const char *const paths[] = {".a[3]", ".z"};
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, 2), JSON_UTF8_CHECKED);
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    for (size_t elements = 1; elements < 50000; elements += elements < 600 ? 1 : elements * 2) {
        char *text = kernels.pages;
        char *end = put(text, "{\"a\":[0");
        for (size_t i = 1; i < elements; i++)
            end = put(end, i % 3 ? ",1" : ",[]");
        end = put(end, "],\"z\":\"last\"}\n{}\n");
        for (int again = 0; again < 3; again++) {
            assert_int_equal(scan_kernels_line(&kernels, text, end, &line), SCAN_RECORD);
            assert_int_equal(slots[3].kind, JSON_STRING);
            assert_int_equal(slots[2].kind, elements > 3 ? JSON_ARRAY : JSON_ABSENT);
            assert_int_equal(scan_kernels_line(&kernels, line.next, end, &line), SCAN_RECORD);
        }
    }
    scan_kernels_close(&kernels);
}

/* A remembered name that is much longer than what stands in its place: nothing behind the padding
   may be read. */
static void test_long_name_then_short(void **state)
{
    (void)state;
    static const char *const paths[] = {".b"};
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, 1), JSON_UTF8_CHECKED);
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    char text[1024] = "{\"";
    memset(text + 2, 'n', 900);
    strcpy(text + 902, "\":1,\"b\":2}");
    for (int again = 0; again < 3; again++) {
        const char *at = scan_kernels_place(&kernels, text, strlen(text), 'n');
        assert_int_equal(scan_kernels_line(&kernels, at, at + strlen(text), &line), SCAN_RECORD);
    }
    const char *at = scan_kernels_place(&kernels, "{\"n\":1,\"b\":2}", 13, 'n');
    assert_int_equal(scan_kernels_line(&kernels, at, at + 13, &line), SCAN_RECORD);
    assert_int_equal(slots[1].length, 1);
    scan_kernels_close(&kernels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_long_name_then_short),
    };
    return cmocka_run_group_tests_name("json_kernels", tests, NULL, NULL);
}
