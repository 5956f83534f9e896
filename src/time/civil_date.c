#include "time/civil_date.h"

#include <stdbool.h>

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int civil_date_days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its
   year and the months before it have a closed form: (153 m + 2) / 5 days before March + m. And they
   are counted from so many cycles of 400 years before year 0 that no year is below it. */
int64_t civil_date_to_days(struct civil_date date)
{
    enum { CYCLES = 5368710, DAYS_BEFORE_1970 = 719468 };
    uint64_t year = (uint64_t)((int64_t)date.year + INT64_C(400) * CYCLES - (date.month <= 2));
    unsigned month = (unsigned)(date.month <= 2 ? date.month + 9 : date.month - 3);
    uint64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    return (int64_t)days + date.day - 1 - INT64_C(146097) * CYCLES - DAYS_BEFORE_1970;
}

struct civil_date civil_date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    return (struct civil_date){
        .year = (int)(year_of_era + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}
