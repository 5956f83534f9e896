#ifndef TIME_CIVIL_DATE_H
#define TIME_CIVIL_DATE_H

#include <stdint.h>

/* A day of the proleptic Gregorian calendar. Any year, also below 0. */
struct civil_date {
    int year;
    int month; /* from 1 */
    int day;   /* from 1 */
};

int civil_date_days_of_month(int year, int month);

/* Days since 1970-01-01, and back. */
int64_t civil_date_to_days(struct civil_date date);
struct civil_date civil_date_from_days(int64_t days);

#endif
