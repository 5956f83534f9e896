#include "ndjson/json_scan.h"

#include "cli/diagnostics.h"
#include "ndjson/json_plain.h"

#include <stdlib.h>
#include <string.h>

struct json_scanner {
    const struct json_projection *projection;
    enum json_utf8 utf8;
};

struct json_scanner *json_scanner_new(const struct json_projection *projection, enum json_utf8 utf8)
{
    struct json_scanner *scanner = allocate_zeroed(1, sizeof *scanner);
    scanner->projection = projection;
    scanner->utf8 = utf8;
    return scanner;
}

void json_scanner_free(struct json_scanner *scanner)
{
    free(scanner);
}

enum scan_status json_scan_line(struct json_scanner *scanner, const char *at, const char *limit,
                                struct json_line *line)
{
    line->text = at;
    json_plain_find_end(line, limit);
    return json_plain_scan(scanner->projection, scanner->utf8, line);
}

const char *json_scanner_kernel(const struct json_scanner *scanner)
{
    (void)scanner;
    return "portable";
}

bool json_scanner_use(struct json_scanner *scanner, const char *kernel)
{
    (void)scanner;
    return !kernel || strcmp(kernel, "portable") == 0;
}

void json_scanner_speculate(struct json_scanner *scanner, bool speculate)
{
    (void)scanner;
    (void)speculate;
}
