#ifndef LATENCY_LATENCY_NUMBER_H
#define LATENCY_LATENCY_NUMBER_H

#include <stdint.h>

/* Numbers as people read them in text and pictures. All return `text`. */
#define LATENCY_NUMBER_SIZE 32

/* A latency with three digits and its unit: "812ns", "1.10ms", "61.2s", "-3.20ms", "1.50d"; halves
   are rounded away from zero. `micro` stands for microseconds: "us", or "\u00b5s" in pictures. */
char *latency_number_format(int64_t ns, const char *micro, char text[LATENCY_NUMBER_SIZE]);

/* The same without zeros at the end: "50us", "2.5ms"; for the marks of a scale. */
char *latency_number_short(int64_t ns, const char *micro, char text[LATENCY_NUMBER_SIZE]);

/* Milliseconds with two decimals, or three where the microseconds ask for it: "123.45", "5.00",
   "0.046"; the columns of csv. */
char *latency_number_milliseconds(int64_t ns, char text[LATENCY_NUMBER_SIZE]);

/* A number of records with its thousands apart: "1,234,567". */
char *latency_number_count(uint64_t count, char text[LATENCY_NUMBER_SIZE]);

/* How many times `numerator` is `denominator`: "1.07x", "12.3x", "2083x"; "-" if that has no
   meaning (one of them is not above zero). */
char *latency_number_ratio(int64_t numerator, int64_t denominator, char text[LATENCY_NUMBER_SIZE]);

#endif
