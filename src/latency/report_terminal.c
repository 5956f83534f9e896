#include "latency/report_terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 40, WIDTH_MAX = 200 };

static unsigned terminal_width(int descriptor)
{
    const char *columns = getenv("COLUMNS");
    unsigned long width = columns == NULL ? 0 : strtoul(columns, NULL, 10);
    struct winsize size;
    if (!isatty(descriptor))
        return WIDTH_DEFAULT;
    if (width == 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width == 0)
        return WIDTH_DEFAULT;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (unsigned)width;
}

struct report_style report_style_of(int descriptor)
{
    const char *terminal = getenv("TERM");
    return (struct report_style){
        .unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 &&
                   (terminal == NULL || strcmp(terminal, "dumb") != 0),
        .width = terminal_width(descriptor),
    };
}
