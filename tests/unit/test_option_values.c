#include "cli/option_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void reads_sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        {"0", 0},
        {"512", 512},
        {"64K", 65536},
        {"2M", 2097152},
        {"1.5G", 1610612736},
        {"3T", UINT64_C(3298534883328)},
        {"0.5K", 512},
        {"18446744073709551615", UINT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bytes = 1;
        if (!size_parse(rows[i].text, &bytes) || bytes != rows[i].bytes)
            fail_msg("%s: %llu", rows[i].text, (unsigned long long)bytes);
    }
}

static void refuses_other_sizes(void **state)
{
    static const char *const rows[] = {"",
                                       "K",
                                       "-1",
                                       "+1",
                                       "1.5",
                                       "1.K",
                                       ".5K",
                                       "1KB",
                                       "1k",
                                       "1 K",
                                       "1X",
                                       "1KK",
                                       "1e3",
                                       "18446744073709551616",
                                       "16777216T",
                                       "16777215.9999999T",
                                       "99999999999999999999K"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error_text error = {""};
        uint64_t bytes = 7;
        if (store_size(&bytes, rows[i], &error))
            fail_msg("'%s' was taken as %llu", rows[i], (unsigned long long)bytes);
        assert_int_equal(bytes, 7);
        assert_non_null(strstr(error.text, "is not a size (512, 64K, 2M, 1.5G)"));
    }
}

static void reads_counts(void **state)
{
    struct error_text error;
    uint64_t count = 7;
    (void)state;
    assert_true(store_count(&count, "0", &error) && count == 0);
    assert_true(store_count(&count, "18446744073709551615", &error) && count == UINT64_MAX);
    assert_false(store_count(&count, "18446744073709551616", &error));
    assert_false(store_count(&count, "", &error));
    assert_false(store_count(&count, "-1", &error));
    assert_false(store_count(&count, "1.0", &error));
    assert_false(store_count(&count, "10x", &error));
    assert_string_equal(error.text, "'10x' is not a count (0, 1, 2, ...)");
    assert_int_equal(count, UINT64_MAX);
}

static void chooses_among_words(void **state)
{
    static const char *const words[] = {"close", "keep", "now", NULL};
    struct choice choice = {words, 1};
    struct error_text error;
    (void)state;
    assert_true(store_choice(&choice, "now", &error) && choice.selected == 2);
    assert_false(store_choice(&choice, "kee", &error));
    assert_string_equal(error.text, "'kee' is none of close, keep, now");
    assert_int_equal(choice.selected, 2);
}

static void keeps_texts_and_flags(void **state)
{
    struct text_list list = {NULL, 0};
    const char *text = NULL;
    bool flag = false;
    (void)state;
    assert_true(store_flag(&flag, NULL, NULL) && flag);
    assert_true(store_text(&text, "a", NULL));
    assert_string_equal(text, "a");
    assert_true(store_text_list(&list, "a", NULL) && store_text_list(&list, "b", NULL));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.texts[0], "a");
    assert_string_equal(list.texts[1], "b");
    free(list.texts);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_sizes),           cmocka_unit_test(refuses_other_sizes),
        cmocka_unit_test(reads_counts),          cmocka_unit_test(chooses_among_words),
        cmocka_unit_test(keeps_texts_and_flags),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
