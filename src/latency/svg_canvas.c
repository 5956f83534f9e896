#include "latency/svg_canvas.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char style[] =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
    "font-size:12px;fill:#1c2333;font-variant-numeric:tabular-nums}\n"
    ".page{fill:#f6f7fb}.card{fill:#fff;stroke:#e3e6ef}\n"
    ".h1{font-size:22px;font-weight:600}.h2{font-size:14px;font-weight:600}\n"
    ".big{font-size:23px;font-weight:600}.bold{font-weight:600}\n"
    ".muted{fill:#667085}.mid{text-anchor:middle}.end{text-anchor:end}\n"
    ".grid{stroke:#e9ecf3}.axis{stroke:#b9c0cf}.mark{stroke:#667085;stroke-dasharray:3 3}\n"
    ".a{fill:#3b6fe0}.b{fill:#ee8a3c}.c{fill:#d13f5c}.band{fill:#3b6fe0;fill-opacity:.22}\n"
    ".la{stroke:#3b6fe0}.lb{stroke:#ee8a3c}.lc{stroke:#d13f5c}.la,.lb,.lc{fill:none;"
    "stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\n"
    ".area{fill:#3b6fe0;fill-opacity:.12}.chip{fill:#eef1f8}\n"
    "@media (prefers-color-scheme:dark){text{fill:#e8ebf4}.page{fill:#0f1320}"
    ".card{fill:#171c2c;stroke:#272e44}.muted{fill:#98a2b8}.grid{stroke:#232a3f}"
    ".axis{stroke:#4a5470}.mark{stroke:#98a2b8}.a,.band,.area{fill:#6f9bff}.b{fill:#f5ab66}"
    ".c{fill:#ff7b93}.la{stroke:#6f9bff}.lb{stroke:#f5ab66}.lc{stroke:#ff7b93}"
    ".chip{fill:#222940}}\n";

static void add_number(struct text_buffer *out, double value)
{
    char text[64];
    double rounded = round(value * 100) / 100;
    int length = snprintf(text, sizeof text, "%.2f", fabs(rounded) < 0.005 ? 0.0 : rounded);
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text_buffer_add(out, text, (size_t)length);
}

static void add_attribute(struct text_buffer *out, const char *name, double value)
{
    text_buffer_add_format(out, " %s=\"", name);
    add_number(out, value);
    text_buffer_add_byte(out, '"');
}

static void add_class(struct text_buffer *out, const char *element, const char *class)
{
    text_buffer_add_format(out, "<%s class=\"%s\"", element, class);
}

static void add_escaped(struct text_buffer *out, const char *text)
{
    markup_escape(out, text, strlen(text));
}

void svg_begin(struct text_buffer *out, double width, double height, const char *title,
               const char *description)
{
    text_buffer_add_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
    add_attribute(out, "width", width);
    add_attribute(out, "height", height);
    text_buffer_add_text(out, " viewBox=\"0 0 ");
    add_number(out, width);
    text_buffer_add_byte(out, ' ');
    add_number(out, height);
    text_buffer_add_text(out, "\">\n<title>");
    add_escaped(out, title);
    text_buffer_add_text(out, "</title>\n<desc>");
    add_escaped(out, description);
    text_buffer_add_format(out, "</desc>\n<style>\n%s</style>\n", style);
    svg_rect(out, "page", 0, 0, width, height, 0);
}

void svg_end(struct text_buffer *out)
{
    text_buffer_add_text(out, "</svg>\n");
}

void svg_text(struct text_buffer *out, const char *class, double x, double y, const char *text)
{
    add_class(out, "text", class);
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    text_buffer_add_byte(out, '>');
    add_escaped(out, text);
    text_buffer_add_text(out, "</text>\n");
}

void svg_rect(struct text_buffer *out, const char *class, double x, double y, double width,
              double height, double radius)
{
    add_class(out, "rect", class);
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "width", width);
    add_attribute(out, "height", height);
    if (radius > 0)
        add_attribute(out, "rx", radius);
    text_buffer_add_text(out, "/>\n");
}

void svg_line(struct text_buffer *out, const char *class, double x1, double y1, double x2,
              double y2)
{
    add_class(out, "line", class);
    add_attribute(out, "x1", x1);
    add_attribute(out, "y1", y1);
    add_attribute(out, "x2", x2);
    add_attribute(out, "y2", y2);
    text_buffer_add_text(out, "/>\n");
}

void svg_circle(struct text_buffer *out, const char *class, double x, double y, double radius)
{
    add_class(out, "circle", class);
    add_attribute(out, "cx", x);
    add_attribute(out, "cy", y);
    add_attribute(out, "r", radius);
    text_buffer_add_text(out, "/>\n");
}

void svg_path_begin(struct text_buffer *out, const char *class)
{
    add_class(out, "path", class);
    text_buffer_add_text(out, " d=\"");
}

static void add_point(struct text_buffer *out, char command, double x, double y)
{
    text_buffer_add_byte(out, command);
    add_number(out, x);
    text_buffer_add_byte(out, ' ');
    add_number(out, y);
}

void svg_path_move(struct text_buffer *out, double x, double y)
{
    add_point(out, 'M', x, y);
}

void svg_path_line(struct text_buffer *out, double x, double y)
{
    add_point(out, 'L', x, y);
}

void svg_path_end(struct text_buffer *out)
{
    text_buffer_add_text(out, "\"/>\n");
}

/* U+FFFE and U+FFFF are no characters of XML. */
static int not_a_character(const char *bytes, size_t left)
{
    return left >= 3 && memcmp(bytes, "\xef\xbf", 2) == 0 && (unsigned char)bytes[2] >= 0xbe;
}

void markup_escape(struct text_buffer *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '&')
            text_buffer_add_text(out, "&amp;");
        else if (byte == '<')
            text_buffer_add_text(out, "&lt;");
        else if (byte == '>')
            text_buffer_add_text(out, "&gt;");
        else if (byte == '"')
            text_buffer_add_text(out, "&quot;");
        else if (byte == '\'')
            text_buffer_add_text(out, "&#39;");
        else if (byte < 0x20 || byte == 0x7f)
            text_buffer_add_text(out, "\xef\xbf\xbd");
        else if (not_a_character(bytes + i, length - i))
            text_buffer_add_text(out, "\xef\xbf\xbd"), i += 2;
        else
            text_buffer_add_byte(out, (char)byte);
    }
}
