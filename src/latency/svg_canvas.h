#ifndef LATENCY_SVG_CANVAS_H
#define LATENCY_SVG_CANVAS_H

#include "ndjson/text_buffer.h"

#include <stddef.h>

/* Marks on an SVG picture. Coordinates are pixels from the top left, written with at most two
   decimals, so that the same figures give the same bytes. Classes are those of the style sheet that
   svg_begin() writes; it follows the reader's choice of light or dark. Texts are escaped. */
void svg_begin(struct text_buffer *out, double width, double height, const char *title,
               const char *description);
void svg_end(struct text_buffer *out);

void svg_text(struct text_buffer *out, const char *class, double x, double y, const char *text);
void svg_rect(struct text_buffer *out, const char *class, double x, double y, double width,
              double height, double radius);
void svg_line(struct text_buffer *out, const char *class, double x1, double y1, double x2,
              double y2);
void svg_circle(struct text_buffer *out, const char *class, double x, double y, double radius);

/* A path: begin, one move, lines (or further moves), end. */
void svg_path_begin(struct text_buffer *out, const char *class);
void svg_path_move(struct text_buffer *out, double x, double y);
void svg_path_line(struct text_buffer *out, double x, double y);
void svg_path_end(struct text_buffer *out);

/* Bytes of UTF-8 as text or attribute of XML and HTML; what XML cannot hold becomes U+FFFD. */
void markup_escape(struct text_buffer *out, const char *bytes, size_t length);

#endif
