#include "ndjson/json_scan.h"

#include "cli/diagnostics.h"
#include "ndjson/json_kernel.h"
#include "ndjson/json_plain.h"

#include <stdlib.h>
#include <string.h>

struct json_scanner *json_scanner_new(const struct json_projection *projection, enum json_utf8 utf8)
{
    struct json_scanner *scanner = allocate_zeroed(1, sizeof *scanner);
    scanner->projection = projection;
    scanner->nodes = json_projection_nodes(projection);
    scanner->slot_count = (uint32_t)json_projection_slots(projection);
    scanner->utf8 = utf8;
    json_tokens_grow(&scanner->tokens);
    json_shapes_open(&scanner->shapes, scanner->slot_count);
    json_scanner_use(scanner, NULL);
    return scanner;
}

void json_scanner_free(struct json_scanner *scanner)
{
    if (!scanner)
        return;
    json_tokens_free(&scanner->tokens);
    json_shapes_close(&scanner->shapes);
    free(scanner);
}

enum scan_status json_scan_line(struct json_scanner *scanner, const char *at, const char *limit,
                                struct json_line *line)
{
    line->text = at;
    if (scanner->kernel->accept(scanner, limit, line))
        return SCAN_RECORD;
    return json_plain_scan(scanner->projection, scanner->utf8, line);
}

const char *json_scanner_kernel(const struct json_scanner *scanner)
{
    return scanner->kernel->name;
}

bool json_scanner_use(struct json_scanner *scanner, const char *kernel)
{
    for (size_t i = 0; i < json_kernel_count; i++) {
        if ((kernel && strcmp(kernel, json_kernels[i]->name) != 0) || !json_kernels[i]->runs_here())
            continue;
        scanner->kernel = json_kernels[i];
        return true;
    }
    return false;
}

void json_scanner_speculate(struct json_scanner *scanner, bool speculate)
{
    scanner->shapes.off = !speculate;
}
