#include "sql/sql_name.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_NAME = 63 };

static bool check_part(const char *name, size_t length, struct error_text *error)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    if (length == 0 || strspn(name, letters) < length || (*name >= '0' && *name <= '9'))
        return refuse(error, "'%.*s' is no name for SQL: letters, digits and _, no digit in front",
                      (int)(length < 80 ? length : 80), name);
    if (length > LONGEST_NAME)
        return refuse(error, "'%.*s...' is longer than the %d bytes of a name", LONGEST_NAME, name,
                      LONGEST_NAME);
    if (strncasecmp(name, "evsql_", 6) == 0)
        return refuse(error, "'%.*s': names that start with evsql_ are evsql's own", (int)length,
                      name);
    return true;
}

bool sql_name_check(const char *name, struct error_text *error)
{
    return check_part(name, strlen(name), error);
}

bool sql_table_name_check(const char *name, struct error_text *error)
{
    const char *point = strchr(name, '.');
    if (point == NULL)
        return sql_name_check(name, error);
    return check_part(name, (size_t)(point - name), error) && sql_name_check(point + 1, error);
}

void sql_name_write(struct text_buffer *out, const char *name)
{
    text_buffer_add_byte(out, '"');
    for (; *name != '\0'; name++)
        text_buffer_add(out, *name == '.' ? "\".\"" : name, *name == '.' ? 3 : 1);
    text_buffer_add_byte(out, '"');
}
