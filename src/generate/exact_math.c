#include "generate/exact_math.h"

#include <float.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "double arithmetic must round to double at each step");

/* log(2) in two parts: the first has 21 trailing zero bits, its product with an exponent is exact.
 */
static const double LOG2_HIGH = 0x1.62e42feep-1;
static const double LOG2_LOW = 0x1.a39ef35793c76p-33;

/* x = m * 2^exponent with sqrt(1/2) <= m < sqrt(2). */
static inline double split_exponent(double x, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t shifted = bits - UINT64_C(0x3fe6a09e667f3bcd);
    *exponent = (int)((int64_t)shifted >> 52);
    bits -= (uint64_t)*exponent << 52;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* log(m) = 2 atanh(s), s = (m-1)/(m+1), |s| < 0.172: the series up to s^21 leaves less than 2^-57.
   With f = m - 1, 2s = f - s*f, which keeps the leading term exact. */
static inline double log_of(double x)
{
    int exponent;
    double f = split_exponent(x, &exponent) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double z2 = z * z;
    double z4 = z2 * z2;
    double low = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
    double middle = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
    double high = 2.0 / 19 + z * (2.0 / 21);
    double series = z * (low + z4 * (middle + z4 * high));
    double k = exponent;
    return k * LOG2_HIGH + (f - (s * (f - series) - k * LOG2_LOW));
}

double exact_log(double x)
{
    return log_of(x);
}

/* Independent of each other, they overlap in the processor. */
void exact_log_each(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = log_of(values[i]);
}

/* exp(x) = 2^k exp(r), |r| <= log(2)/2, by Taylor's series to r^14. */
double exact_exp(double x)
{
    int k = (int)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
    double r = (x - k * LOG2_HIGH) - k * LOG2_LOW;
    double sum = 1.0;
    for (int n = 14; n > 0; n--)
        sum = 1.0 + sum * (r / n);
    uint64_t bits = (uint64_t)(1023 + k) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}
