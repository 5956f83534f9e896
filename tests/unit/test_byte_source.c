#include "ndjson/byte_source.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

/* Everything that a source shows, lines joined by '|', until it ends, waits or fails. */
struct seen {
    char text[4096];
    enum byte_status status;
    uint64_t position;
    char error[256];
};

static void collect(struct byte_source *source, struct seen *seen)
{
    char *out = seen->text + strlen(seen->text);
    for (;;) {
        seen->status = byte_source_fill(source, false);
        if (seen->status == BYTES_TOO_LONG) {
            out += sprintf(out, "LONG(%.4s)|", source->line);
            byte_source_take(source, source->limit);
            continue;
        }
        if (seen->status != BYTES_LINES)
            break;
        while (source->line < source->limit) {
            const char *end = memchr(source->line, '\n', (size_t)(source->limit - source->line));
            const char *next = end == NULL ? source->limit : end + 1;
            out += sprintf(out, "%.*s|", (int)((end == NULL ? source->limit : end) - source->line),
                           source->line);
            byte_source_take(source, next);
        }
    }
    seen->position = source->position;
    strcpy(seen->error, source->error.text);
}

/* Feeds `bytes` through a pipe in pieces of `step` bytes, each looked at before the next comes. */
static struct seen feed(const char *bytes, size_t length, size_t step, uint64_t max_line)
{
    struct seen seen = {{0}, BYTES_WAIT, 0, {0}};
    struct byte_source source;
    struct error_text error;
    int ends[2];
    int saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    assert_true(byte_source_open(&source, "-", max_line, &error));
    for (size_t at = 0; at < length; at += step) {
        size_t piece = length - at < step ? length - at : step;
        assert_int_equal(write(ends[1], bytes + at, piece), (int)piece);
        collect(&source, &seen);
        if (seen.status == BYTES_FAILED)
            break;
        assert_int_equal(seen.status, BYTES_WAIT);
    }
    close(ends[1]);
    if (seen.status != BYTES_FAILED)
        collect(&source, &seen);
    byte_source_close(&source);
    dup2(saved, STDIN_FILENO);
    close(saved);
    return seen;
}

static void expect(const char *bytes, size_t length, uint64_t max_line, const char *text)
{
    for (size_t step = 1; step <= length + 1; step++) {
        struct seen seen = feed(bytes, length, step, max_line);
        assert_string_equal(seen.text, text);
        assert_int_equal(seen.status, BYTES_END);
        assert_int_equal(seen.position, length);
    }
}

static void lines_come_whole(void **state)
{
    (void)state;
    expect("a\nbb\nccc\n", 9, 100, "a|bb|ccc|");
    expect("a\nlast", 6, 100, "a|last|");
    expect("\n\n", 2, 100, "||");
    expect("x\r\n", 3, 100, "x\r|");
    expect("(\xb5", 2, 100, "(\xb5|"); /* the beginning of zstd's magic, but not all of it */
}

static void byte_order_mark_is_passed_over_only_at_the_start(void **state)
{
    (void)state;
    expect("\xef\xbb\xbf"
           "a\n\xef\xbb\xbf"
           "b\n",
           10, 100,
           "a|\xef\xbb\xbf"
           "b|");
}

static void long_lines_are_shown_once_and_skipped(void **state)
{
    (void)state;
    for (size_t step = 1; step < 8; step++) {
        struct seen seen = feed("ok\n0123456789abcdef\nnext\n", 25, step, 6);
        assert_string_equal(seen.text, "ok|LONG(0123)|next|");
        assert_int_equal(seen.position, 25);
    }
    assert_string_equal(feed("0123456789abcdef", 16, 4, 6).text, "LONG(0123)|");
}

static size_t compress(const char *text, char *out, size_t size)
{
    return ZSTD_compress(out, size, text, strlen(text), 1);
}

static void zstd_is_recognised_in_any_pieces(void **state)
{
    char frames[512];
    size_t length = compress("one\ntwo\n", frames, sizeof frames);
    (void)state;
    length += compress("three\n", frames + length, sizeof frames - length);
    for (size_t step = 1; step <= length; step++) {
        struct seen seen = feed(frames, length, step, 100);
        assert_string_equal(seen.text, "one|two|three|");
        assert_int_equal(seen.status, BYTES_END);
    }
}

static void other_compression_is_named(void **state)
{
    static const char gzip[] = "\x1f\x8b\x08\x00\n{}\n";
    (void)state;
    for (size_t step = 1; step < sizeof gzip; step++) {
        struct seen seen = feed(gzip, sizeof gzip - 1, step, 100);
        assert_int_equal(seen.status, BYTES_FAILED);
        assert_string_equal(seen.text, "");
        assert_non_null(strstr(seen.error, "stdin: gzip data"));
    }
    assert_int_equal(feed("BZh91AY", 7, 2, 100).status, BYTES_FAILED);
    expect("BZ\n", 3, 100, "BZ|");
    expect("\x1f", 1, 100, "\x1f|");
}

static void damaged_zstd_fails(void **state)
{
    char frame[512];
    size_t length = compress("one\ntwo\nthree\nfour\n", frame, sizeof frame);
    struct seen seen;
    (void)state;
    for (size_t cut = 4; cut < length; cut++) {
        seen = feed(frame, cut, 7, 100);
        assert_int_equal(seen.status, BYTES_FAILED);
        assert_non_null(strstr(seen.error, "stdin: damaged zstd data"));
    }
    frame[5] = (char)(frame[5] ^ 0x40);
    seen = feed(frame, length, length, 100);
    assert_int_equal(seen.status, BYTES_FAILED);
}

static void large_lines_cross_reads(void **state)
{
    char name[] = "byte-source-XXXXXX";
    struct byte_source source;
    struct error_text error;
    size_t total = 0;
    size_t lines = 0;
    int descriptor = mkstemp(name);
    char *block = malloc(300001);
    (void)state;
    memset(block, 'x', 300000);
    block[300000] = '\n';
    for (int i = 0; i < 7; i++)
        assert_int_equal(write(descriptor, block, 300001), 300001);
    close(descriptor);
    assert_true(byte_source_open(&source, name, 1 << 20, &error));
    assert_true(source.regular);
    while (byte_source_fill(&source, false) == BYTES_LINES) {
        for (const char *at = source.line; at < source.limit; at++)
            lines += *at == '\n';
        total += (size_t)(source.limit - source.line);
        byte_source_take(&source, source.limit);
    }
    assert_int_equal(lines, 7);
    assert_int_equal(total, 7 * 300001);
    byte_source_close(&source);
    unlink(name);
    free(block);
}

static void missing_files_and_folders_are_refused(void **state)
{
    struct byte_source source;
    struct error_text error;
    (void)state;
    assert_false(byte_source_open(&source, "no-such-file", 100, &error));
    assert_string_equal(error.text, "no-such-file: No such file or directory");
    assert_false(byte_source_open(&source, ".", 100, &error));
    assert_string_equal(error.text, ".: Is a directory");
}

static const char sample[] = "one\nlonger than most\nthree\nfour\n";

static void write_file(const char *name, const char *bytes, size_t length)
{
    FILE *file = fopen(name, "w");
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* What is shown of a file from `position` on. */
static struct seen resume(const char *name, uint64_t position, bool skipping)
{
    struct seen seen = {{0}, BYTES_WAIT, 0, {0}};
    struct byte_source source;
    struct error_text error;
    assert_true(byte_source_open(&source, name, 10, &error));
    if (byte_source_seek(&source, position, skipping))
        collect(&source, &seen);
    else
        strcpy(seen.error, source.error.text);
    byte_source_close(&source);
    return seen;
}

static void reading_goes_on_where_it_was_left(void **state)
{
    char name[] = "byte-source-XXXXXX";
    char frames[512];
    size_t length;
    (void)state;
    close(mkstemp(name));
    for (int compressed = 0; compressed < 2; compressed++) {
        length = compressed ? compress(sample, frames, sizeof frames) : sizeof sample - 1;
        write_file(name, compressed ? frames : sample, length);
        assert_string_equal(resume(name, 0, false).text, "one|longer than most|three|four|");
        assert_string_equal(resume(name, 4, false).text, "longer than most|three|four|");
        assert_string_equal(resume(name, 12, true).text, "three|four|");
        assert_string_equal(resume(name, 21, false).text, "three|four|");
        assert_int_equal(resume(name, 21, false).position, 32);
        assert_string_equal(resume(name, 32, false).text, "");
        assert_int_equal(resume(name, 32, false).status, BYTES_END);
        assert_string_equal(strchr(resume(name, 33, false).error, ':'),
                            ": holds less than the 33 bytes that were read of it");
    }
    unlink(name);
}

static void a_followed_file_waits_for_whole_lines(void **state)
{
    char name[] = "byte-source-XXXXXX";
    struct seen seen = {{0}, BYTES_WAIT, 0, {0}};
    struct byte_source source;
    struct error_text error;
    int descriptor = mkstemp(name);
    (void)state;
    assert_true(byte_source_open(&source, name, 100, &error));
    source.follow = true;
    collect(&source, &seen);
    assert_int_equal(seen.status, BYTES_WAIT);
    assert_int_equal(write(descriptor, "a\nb", 3), 3);
    collect(&source, &seen);
    assert_string_equal(seen.text, "a|");
    assert_int_equal(write(descriptor, "c\nd\ne", 5), 5);
    source.allowed = 7;
    collect(&source, &seen);
    assert_string_equal(seen.text, "a|bc|d|");
    source.allowed = UINT64_MAX;
    source.follow = false;
    collect(&source, &seen);
    assert_string_equal(seen.text, "a|bc|d|e|");
    assert_int_equal(seen.status, BYTES_END);
    assert_true(byte_source_replace(&source, open(name, O_RDONLY), &error));
    assert_int_equal(source.position, 0);
    collect(&source, &seen);
    assert_string_equal(seen.text, "a|bc|d|e|a|bc|d|e|");
    byte_source_close(&source);
    close(descriptor);
    unlink(name);
}

static void the_head_is_kept_in_any_pieces(void **state)
{
    struct byte_source source;
    struct byte_head head = {0};
    struct error_text error;
    struct seen seen = {{0}, BYTES_WAIT, 0, {0}};
    char frames[512];
    char name[] = "byte-source-XXXXXX";
    (void)state;
    close(mkstemp(name));
    write_file(name, frames, compress(sample, frames, sizeof frames));
    assert_true(byte_source_open(&source, name, 10, &error));
    source.head = &head;
    collect(&source, &seen);
    assert_int_equal(head.length, sizeof sample - 1);
    assert_memory_equal(head.bytes, sample, head.length);
    byte_source_close(&source);
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_whole),
        cmocka_unit_test(byte_order_mark_is_passed_over_only_at_the_start),
        cmocka_unit_test(long_lines_are_shown_once_and_skipped),
        cmocka_unit_test(zstd_is_recognised_in_any_pieces),
        cmocka_unit_test(other_compression_is_named),
        cmocka_unit_test(damaged_zstd_fails),
        cmocka_unit_test(large_lines_cross_reads),
        cmocka_unit_test(reading_goes_on_where_it_was_left),
        cmocka_unit_test(a_followed_file_waits_for_whole_lines),
        cmocka_unit_test(the_head_is_kept_in_any_pieces),
        cmocka_unit_test(missing_files_and_folders_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
