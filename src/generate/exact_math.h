#ifndef GENERATE_EXACT_MATH_H
#define GENERATE_EXACT_MATH_H

#include <stddef.h>

/* log and exp made of IEEE + - * / only, so that every machine gets the same bits: libm's differ
   between versions and processors. Within 2 ulp of the true value; the build turns off contraction
   to fused multiply-add. */

/* x: normal, > 0. */
double exact_log(double x);

/* Each of the values in place; the same bits, several at a time. */
void exact_log_each(double *values, size_t count);

/* -700 <= x <= 700. */
double exact_exp(double x);

#endif
