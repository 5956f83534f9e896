#include "expression/expression_tree.h"

static void print_reads(const struct expression *expression, FILE *out)
{
    for (size_t i = 0; i < expression->read_count; i++)
        fprintf(out, "%s %s", i == 0 ? ", reads" : "", expression->reads[i].text);
}

void expression_explain(const struct expression *expression, const char *label, FILE *out)
{
    fprintf(out, "%s: %s  ", label, expression->text);
    if (expression->root)
        fputs("native", out);
    else
        fprintf(out,
                "libjq: %s is not in the native subset; about 5 us per record, integers beyond "
                "2^53 are rounded",
                expression->foreign);
    print_reads(expression, out);
    fputc('\n', out);
}
