#include "stream/file_identity.h"

#include "stream/former_name.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void append(const char *name, const char *text, size_t length)
{
    FILE *file = fopen(name, "a");
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static struct file_identity identity_of(const char *name)
{
    struct file_identity identity;
    int descriptor = open(name, O_RDONLY);
    assert_true(file_identity_read(descriptor, UINT64_MAX, &identity));
    close(descriptor);
    return identity;
}

static enum head_match match(const struct file_identity *identity, const char *name)
{
    int descriptor = open(name, O_RDONLY);
    enum head_match result = file_identity_match(identity, descriptor);
    close(descriptor);
    return result;
}

static void a_file_is_recognised_while_it_grows(void **state)
{
    char directory[] = "identity-XXXXXX";
    static char bytes[3 * BYTE_HEAD_SIZE];
    struct file_identity before;
    struct file_identity after;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    append("a", "abc", 3);
    before = identity_of("a");
    assert_int_equal(before.head_length, 3);
    append("a", bytes, sizeof bytes);
    after = identity_of("a");
    assert_int_equal(after.head_length, BYTE_HEAD_SIZE);
    assert_int_equal(after.inode, before.inode);
    assert_int_equal(match(&before, "a"), HEAD_SAME);
    assert_int_equal(match(&after, "a"), HEAD_SAME);
    if (after.birth != 0) { /* the number of a deleted file's inode goes to another one */
        struct file_identity deleted = after;
        deleted.birth--;
        assert_int_equal(match(&deleted, "a"), HEAD_OTHER);
    }
    assert_int_equal(truncate("a", 10), 0);
    assert_int_equal(match(&before, "a"), HEAD_SAME);
    assert_int_equal(match(&after, "a"), HEAD_SHORTER);
    assert_int_equal(truncate("a", 2), 0);
    assert_int_equal(match(&before, "a"), HEAD_SHORTER);
    append("a", "d", 1);
    assert_int_equal(match(&before, "a"), HEAD_OTHER);
    unlink("a");
    assert_int_equal(chdir(".."), 0);
    rmdir(directory);
}

static void a_pipe_is_recognised_by_what_was_taken_of_it(void **state)
{
    struct byte_head head = {.length = 6, .bytes = "abcdef"};
    struct file_identity identity = pipe_identity(&head, 4);
    (void)state;
    assert_int_equal(identity.head_length, 4);
    head.bytes[5] = 'x';
    assert_int_equal(pipe_identity_match(&identity, &head), HEAD_SAME);
    head.length = 3;
    assert_int_equal(pipe_identity_match(&identity, &head), HEAD_SHORTER);
    head.length = 4;
    head.bytes[3] = 'x';
    assert_int_equal(pipe_identity_match(&identity, &head), HEAD_OTHER);
    head.length = 6;
    assert_int_equal(pipe_identity(&head, 1000).head_length, 6);
}

static void a_rotated_file_is_found_under_its_new_name(void **state)
{
    char directory[] = "identity-XXXXXX";
    struct file_identity identity;
    int descriptor;
    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    append("log", "old\n", 4);
    identity = identity_of("log");
    assert_int_equal(rename("log", "log.1"), 0);
    append("log", "new\n", 4);
    descriptor = former_name_open("log", &identity);
    assert_true(descriptor >= 0);
    close(descriptor);
    descriptor = former_name_open("./log", &identity);
    assert_true(descriptor >= 0);
    close(descriptor);
    identity.head_hash++;
    assert_int_equal(former_name_open("log", &identity), -1);
    unlink("log.1");
    assert_int_equal(former_name_open("log", &identity), -1);
    assert_int_equal(former_name_open("no-such-folder/log", &identity), -1);
    unlink("log");
    assert_int_equal(chdir(".."), 0);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_recognised_while_it_grows),
        cmocka_unit_test(a_pipe_is_recognised_by_what_was_taken_of_it),
        cmocka_unit_test(a_rotated_file_is_found_under_its_new_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
