#include "ndjson/read_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

enum { MAX_LINE = 20000 };

/* Reads behind this offset fail. */
static off_t broken_from;

static off_t readable(size_t size, off_t offset)
{
    if (broken_from == 0 || offset + (off_t)size <= broken_from)
        return (off_t)size;
    errno = EIO;
    return offset < broken_from ? broken_from - offset : -1;
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    off_t allowed = readable(size, offset);
    return allowed < 0 ? -1 : syscall(SYS_pread64, descriptor, bytes, (size_t)allowed, offset);
}

ssize_t read(int descriptor, void *bytes, size_t size)
{
    off_t allowed = readable(size, lseek(descriptor, 0, SEEK_CUR));
    return allowed < 0 ? -1 : syscall(SYS_read, descriptor, bytes, (size_t)allowed);
}

static uint64_t max_line = MAX_LINE;
static char file_name[] = "read-ahead-XXXXXX";

static void write_file(const char *bytes, size_t length)
{
    int descriptor = open(file_name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(descriptor >= 0);
    while (length > 0) {
        ssize_t count = write(descriptor, bytes, length);
        assert_true(count > 0);
        bytes += count;
        length -= (size_t)count;
    }
    close(descriptor);
}

/* Records, blank and broken lines, CRLF, lines that are too long by a little and by far, and no LF
   at the end. */
static char *make_lines(size_t size, size_t *length)
{
    char *text = malloc(size + 5000000);
    char *at = text + sprintf(text, "\xef\xbb\xbf");
    uint64_t random = 1;
    for (size_t i = 0; (size_t)(at - text) < size; i++) {
        size_t kind;
        random = random * 6364136223846793005u + 1442695040888963407u;
        kind = (random >> 33) % 20000;
        if (kind == 0 || kind == 1) {
            size_t filler = kind == 0 ? MAX_LINE : 600000;
            at += sprintf(at, "{\"a\":\"");
            memset(at, 'x', filler);
            at += filler;
            at += sprintf(at, "\"}\n");
        } else if (kind < 200) {
            at += sprintf(at, kind < 100 ? "\n" : "{\"a\":%zu,}\n", i);
        } else if (kind < 400) {
            at += sprintf(at, "{\"a\":\"%.*s\"}\n", (int)(kind % 100),
                          "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrs"
                          "tuvwxyzabcdefghijklmnopqrstuvwxyz");
        } else {
            at += sprintf(
                at, "{\"b\":[%.*s],\"a\":%zu}%s\n", (int)(kind % 100),
                "1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2,"
                "3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9",
                i, kind % 7 == 0 ? "\r" : "");
        }
    }
    *length = (size_t)(at - text) - 1;
    return text;
}

struct seen {
    uint64_t sum; /* of everything that was shown, in order */
    size_t lines;
    size_t too_long;
    size_t scanned_before;
    enum byte_status status;
    uint64_t position;
    uint64_t consumed;
    bool compressed;
    char error[256];
};

static void mix(struct seen *seen, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        seen->sum = (seen->sum ^ at[i]) * UINT64_C(1099511628211);
}

static void mix_number(struct seen *seen, uint64_t number)
{
    mix(seen, &number, sizeof number);
}

static void mix_line(struct seen *seen, const struct json_line *line, enum scan_status status,
                     uint64_t position)
{
    seen->lines++;
    mix_number(seen, position);
    mix_number(seen, (uint64_t)status);
    mix(seen, line->text, line->length);
    if (status == SCAN_REJECTED) {
        mix_number(seen, line->error_byte);
        mix(seen, line->reason, strlen(line->reason));
    } else if (status == SCAN_RECORD) {
        mix_number(seen, line->slots[1].kind);
        mix(seen, line->slots[1].text, line->slots[1].length);
    }
}

struct reader {
    struct byte_source source;
    struct json_projection *projection;
    struct json_scanner *scanner;
    struct json_slice slots[4];
    struct read_ahead *ahead;
};

static void open_reader(struct reader *reader, bool threaded, bool scanning, enum value_place place)
{
    struct error_text error;
    memset(reader, 0, sizeof *reader);
    assert_true(byte_source_open(&reader->source, file_name, max_line, &error));
    reader->projection = json_projection_new();
    json_projection_add(reader->projection, &(struct json_step){.name = "a", .length = 1}, 1);
    reader->scanner = json_scanner_new(reader->projection, JSON_UTF8_CHECKED);
    if (threaded)
        assert_non_null(reader->ahead = read_ahead_start(
                            &reader->source, scanning ? reader->projection : NULL, place));
}

static void close_reader(struct reader *reader)
{
    read_ahead_stop(reader->ahead, &reader->source);
    byte_source_close(&reader->source);
    json_scanner_free(reader->scanner);
    json_projection_free(reader->projection);
}

static void take_lines(struct reader *reader, struct seen *seen)
{
    struct byte_source *source = &reader->source;
    while (source->line < source->limit) {
        struct json_line line = {.slots = reader->slots};
        enum scan_status status;
        if (reader->ahead != NULL &&
            read_ahead_scanned(reader->ahead, source->line, &line, &status)) {
            seen->scanned_before++;
        } else {
            line.slots = reader->slots;
            status = json_scan_line(reader->scanner, source->line, source->limit, &line);
        }
        mix_line(seen, &line, status, source->position);
        byte_source_take(source, line.next);
    }
}

/* Until the end, or for some fills; sleeps before each if the thread is to be ahead. */
static struct seen read_all(struct reader *reader, size_t fills, unsigned sleep_us)
{
    struct byte_source *source = &reader->source;
    struct seen seen = {0};
    for (; fills > 0; fills--) {
        usleep(sleep_us);
        seen.status = reader->ahead != NULL ? read_ahead_fill(reader->ahead, source)
                                            : byte_source_fill(source, false);
        if (seen.status == BYTES_TOO_LONG) {
            seen.too_long++;
            mix_number(&seen, source->position);
            mix(&seen, source->line, MAX_LINE);
            byte_source_take(source, source->limit);
        } else if (seen.status == BYTES_LINES) {
            take_lines(reader, &seen);
        } else {
            break;
        }
    }
    seen.position = source->position;
    seen.consumed = source->consumed;
    seen.compressed = source->compressed;
    strcpy(seen.error, source->error.text);
    return seen;
}

static void expect_same(const struct seen *plain, const struct seen *ahead)
{
    assert_int_equal(ahead->lines, plain->lines);
    assert_int_equal(ahead->too_long, plain->too_long);
    assert_int_equal(ahead->status, plain->status);
    assert_int_equal(ahead->position, plain->position);
    assert_int_equal(ahead->consumed, plain->consumed);
    assert_int_equal(ahead->compressed, plain->compressed);
    assert_string_equal(ahead->error, plain->error);
    assert_true(ahead->sum == plain->sum);
}

static struct seen read_with(bool threaded, bool scanning, enum value_place place,
                             unsigned sleep_us)
{
    struct reader reader;
    struct seen seen;
    open_reader(&reader, threaded, scanning, place);
    seen = read_all(&reader, SIZE_MAX, sleep_us);
    close_reader(&reader);
    return seen;
}

static void what_is_seen_is_the_same(void **state)
{
    size_t length;
    char *lines = make_lines(8000000, &length);
    struct seen plain, ahead;
    (void)state;
    write_file(lines, length);
    plain = read_with(false, false, VALUES_IN_LINE, 0);
    assert_int_equal(plain.status, BYTES_END);
    assert_int_equal(plain.position, length);
    assert_true(plain.too_long > 2 && plain.lines > 20000);
    ahead = read_with(true, false, VALUES_IN_LINE, 0);
    expect_same(&plain, &ahead);
    assert_int_equal(ahead.scanned_before, 0);
    ahead = read_with(true, true, VALUES_IN_LINE, 0);
    expect_same(&plain, &ahead);
    assert_true(ahead.scanned_before > plain.lines / 2);
    ahead = read_with(true, true, VALUES_APART, 0);
    expect_same(&plain, &ahead);
    ahead = read_with(true, true, VALUES_APART, 20000);
    expect_same(&plain, &ahead);
    assert_true(ahead.scanned_before > plain.lines / 2);
    free(lines);
}

static void zstd_is_read_ahead_and_its_damage_told(void **state)
{
    size_t length;
    char *lines = make_lines(4000000, &length);
    size_t space = ZSTD_compressBound(length);
    char *frame = malloc(space);
    size_t size = ZSTD_compress(frame, space, lines, length, 1);
    struct seen plain, ahead;
    (void)state;
    write_file(frame, size);
    plain = read_with(false, false, VALUES_IN_LINE, 0);
    assert_true(plain.compressed);
    ahead = read_with(true, true, VALUES_IN_LINE, 0);
    expect_same(&plain, &ahead);
    write_file(frame, size / 2);
    plain = read_with(false, false, VALUES_IN_LINE, 0);
    assert_int_equal(plain.status, BYTES_FAILED);
    ahead = read_with(true, true, VALUES_IN_LINE, 1000);
    expect_same(&plain, &ahead);
    free(frame);
    free(lines);
}

/* As many short lines as `size` holds, but one of them, behind the first 256 KiB, is `longer` than
   the rest: all blocks behind it begin that much earlier in a line. */
static char *make_short_lines(size_t size, size_t longer, const char *end, size_t *length)
{
    char *text = malloc(size + longer + 100);
    char *at = text;
    for (size_t i = 0; (size_t)(at - text) < size; i++) {
        at += sprintf(at, "{\"a\":%zu,\"b\":\"", i);
        if (i == 20000)
            at = (char *)memset(at, 'x', longer) + longer;
        at += sprintf(at, "\"}%s", end);
    }
    *length = (size_t)(at - text);
    return text;
}

static void expect_same_of(const char *lines, size_t length)
{
    struct seen plain, ahead;
    write_file(lines, length);
    plain = read_with(false, false, VALUES_IN_LINE, 0);
    ahead = read_with(true, true, VALUES_IN_LINE, 0);
    expect_same(&plain, &ahead);
    ahead = read_with(true, true, VALUES_APART, 0);
    expect_same(&plain, &ahead);
    assert_true(ahead.scanned_before > plain.lines / 4);
}

static void a_block_may_begin_anywhere_in_a_line(void **state)
{
    (void)state;
    for (size_t longer = 0; longer < 30; longer++) {
        size_t length;
        char *lines = make_short_lines(1100000, longer, longer % 2 == 0 ? "\n" : "\r\n", &length);
        expect_same_of(lines, length);
        free(lines);
    }
}

static void a_line_may_be_longer_than_a_block(void **state)
{
    static const size_t sizes[] = {4000,   5000,   150000, 250000,  258000,
                                   262144, 270000, 524288, 1000000, 3000000};
    (void)state;
    max_line = UINT64_MAX / 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t length;
        char *lines = make_short_lines(3000000 + sizes[i], sizes[i], "\n", &length);
        expect_same_of(lines, length);
        expect_same_of(lines, length - 1);
        free(lines);
    }
    max_line = MAX_LINE;
}

/* A block begins where the first read's last line ends; to find its end it is read 4 KiB at a time.
 */
static void a_line_may_end_where_a_read_does(void **state)
{
    (void)state;
    for (size_t k = 0; k < 12; k++) {
        size_t length;
        char *lines = make_short_lines(1100000, 0, "\n", &length);
        char *origin = (char *)memrchr(lines, '\n', 262144) + 1;
        char *feed = memchr(strstr(lines, "{\"a\":20000,"), '\n', 100);
        size_t longer = (size_t)(origin + 262144 + k / 4 * 4096 + k % 4 - 2 - feed);
        free(lines);
        lines = make_short_lines(1100000 + longer, longer, "\n", &length);
        expect_same_of(lines, length);
        free(lines);
    }
}

static void no_byte_is_read_that_is_not_allowed(void **state)
{
    size_t length;
    char *lines = make_lines(4000000, &length);
    (void)state;
    write_file(lines, length);
    for (size_t k = 0; k < 5; k++) {
        struct reader reader;
        struct seen seen[2];
        for (int threaded = 0; threaded < 2; threaded++) {
            open_reader(&reader, false, true, VALUES_APART);
            reader.source.allowed = 2300000 + k;
            if (threaded)
                reader.ahead = read_ahead_start(&reader.source, reader.projection, VALUES_APART);
            seen[threaded] = read_all(&reader, SIZE_MAX, 0);
            assert_int_equal(seen[threaded].consumed, reader.source.allowed);
            close_reader(&reader);
        }
        expect_same(&seen[0], &seen[1]);
    }
    free(lines);
}

static void an_error_is_told_where_it_is_met(void **state)
{
    size_t length;
    char *lines = make_lines(4000000, &length);
    (void)state;
    write_file(lines, length);
    for (broken_from = 1900000; broken_from < 3000000; broken_from += 150001) {
        struct seen plain = read_with(false, false, VALUES_IN_LINE, 0);
        struct seen ahead = read_with(true, true, VALUES_APART, 0);
        assert_int_equal(plain.status, BYTES_FAILED);
        assert_int_equal(plain.consumed, broken_from);
        expect_same(&plain, &ahead);
    }
    broken_from = 0;
    free(lines);
}

static void a_file_may_grow_meanwhile(void **state)
{
    size_t length;
    char *lines = make_short_lines(4000000, 0, "\n", &length);
    (void)state;
    for (size_t cut = 2500000; cut < 2500040; cut += 3) {
        struct reader reader;
        struct seen begin, rest, plain;
        int descriptor;
        write_file(lines, cut);
        open_reader(&reader, true, true, VALUES_APART);
        begin = read_all(&reader, 5, cut % 2 == 0 ? 1000 : 0);
        descriptor = open(file_name, O_WRONLY | O_APPEND);
        assert_int_equal(write(descriptor, lines + cut, length - cut), length - cut);
        close(descriptor);
        rest = read_all(&reader, SIZE_MAX, 0);
        close_reader(&reader);
        plain = read_with(false, false, VALUES_IN_LINE, 0);
        assert_int_equal(begin.lines + rest.lines, plain.lines);
        assert_int_equal(rest.position, length);
    }
    free(lines);
}

static void a_file_may_shrink_meanwhile(void **state)
{
    size_t length;
    char *lines = make_short_lines(4000000, 0, "\n", &length);
    (void)state;
    for (size_t cut = 0; cut < length; cut += 350001) {
        struct reader reader;
        struct seen seen;
        write_file(lines, length);
        open_reader(&reader, true, true, VALUES_APART);
        read_all(&reader, 5, 0);
        assert_int_equal(truncate(file_name, (off_t)cut), 0);
        seen = read_all(&reader, SIZE_MAX, 0);
        assert_int_equal(seen.status, BYTES_END);
        assert_true(seen.position >= cut && seen.position < length);
        close_reader(&reader);
    }
    free(lines);
}

static void the_end_stays_the_end(void **state)
{
    struct reader reader;
    (void)state;
    write_file("{\"a\":1}", 7);
    open_reader(&reader, true, true, VALUES_APART);
    assert_int_equal(read_all(&reader, SIZE_MAX, 0).lines, 1);
    for (int i = 0; i < 20; i++)
        assert_int_equal(read_ahead_fill(reader.ahead, &reader.source), BYTES_END);
    close_reader(&reader);
}

static void it_may_be_stopped_anywhere_and_started_anew(void **state)
{
    size_t length;
    char *lines = make_lines(6000000, &length);
    (void)state;
    write_file(lines, length);
    struct seen plain = read_with(false, false, VALUES_IN_LINE, 0);
    for (size_t fills = 0; fills < 12; fills++) {
        struct reader reader;
        struct seen again;
        open_reader(&reader, true, true, VALUES_APART);
        read_all(&reader, fills, fills % 3 == 0 ? 3000 : 0);
        read_ahead_stop(reader.ahead, &reader.source);
        assert_true(byte_source_restart(&reader.source));
        reader.ahead = fills % 2 == 0
                           ? read_ahead_start(&reader.source, reader.projection, VALUES_APART)
                           : NULL;
        again = read_all(&reader, SIZE_MAX, 0);
        expect_same(&plain, &again);
        close_reader(&reader);
    }
    free(lines);
}

static void only_large_regular_files_pay(void **state)
{
    struct byte_source source = {.regular = true, .size = 100};
    cpu_set_t cpus;
    (void)state;
    assert_false(read_ahead_pays(&source));
    source = (struct byte_source){.regular = false, .size = UINT64_C(1) << 30};
    assert_false(read_ahead_pays(&source));
    source.regular = true;
    assert_int_equal(sched_getaffinity(0, sizeof cpus, &cpus), 0);
    assert_int_equal(read_ahead_pays(&source), CPU_COUNT(&cpus) > 1);
}

static int make_name(void **state)
{
    int descriptor = mkstemp(file_name);
    (void)state;
    close(descriptor);
    return descriptor < 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_seen_is_the_same),
        cmocka_unit_test(zstd_is_read_ahead_and_its_damage_told),
        cmocka_unit_test(a_block_may_begin_anywhere_in_a_line),
        cmocka_unit_test(a_line_may_be_longer_than_a_block),
        cmocka_unit_test(a_line_may_end_where_a_read_does),
        cmocka_unit_test(no_byte_is_read_that_is_not_allowed),
        cmocka_unit_test(an_error_is_told_where_it_is_met),
        cmocka_unit_test(a_file_may_grow_meanwhile),
        cmocka_unit_test(a_file_may_shrink_meanwhile),
        cmocka_unit_test(the_end_stays_the_end),
        cmocka_unit_test(it_may_be_stopped_anywhere_and_started_anew),
        cmocka_unit_test(only_large_regular_files_pay),
    };
    return cmocka_run_group_tests(tests, make_name, remove_file);
}
