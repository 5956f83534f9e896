#include "window/window_calendar.h"

#include "time/civil_date.h"
#include "time/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_SECONDS = 86400, QUARTER = 900, WIDEST_OFFSET = 26 * 3600, REMEMBERED = 64 };

struct window_calendar {
    int64_t day; /* the day used last, [start, end) in ns */
    int64_t start;
    int64_t end;
    struct {
        int64_t day;
        int64_t start;
    } begun[REMEMBERED]; /* by day modulo its size */
};

/* A POSIX rule has digits before its first slash or comma: names of the database have them at most
   behind one ("Etc/GMT+5"). */
static bool looks_like_rule(const char *zone)
{
    size_t head = strcspn(zone, "/,");
    return strcspn(zone, "0123456789") < head;
}

static bool in_database(const char *zone)
{
    char path[512];
    const char *folder = getenv("TZDIR");
    if (zone[0] == '\0' || zone[0] == '/' || strstr(zone, "..") != NULL)
        return false;
    snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/usr/share/zoneinfo" : folder, zone);
    return access(path, R_OK) == 0;
}

struct window_calendar *window_calendar_new(const char *zone, struct error_text *error)
{
    struct window_calendar *calendar;
    if (!in_database(zone) && !looks_like_rule(zone)) {
        refuse(error, "there is no time zone '%s' (Europe/Berlin, UTC, ...)", zone);
        return NULL;
    }
    setenv("TZ", zone, 1);
    tzset();
    calendar = allocate_zeroed(1, sizeof *calendar);
    calendar->start = calendar->end = INT64_MIN;
    for (size_t i = 0; i < REMEMBERED; i++)
        calendar->begun[i].day = INT64_MIN;
    return calendar;
}

void window_calendar_free(struct window_calendar *calendar)
{
    free(calendar);
}

static int64_t floor_seconds(int64_t time)
{
    return time / NS_PER_SECOND - (time % NS_PER_SECOND < 0);
}

static int64_t local_day(int64_t second)
{
    time_t clock = second;
    struct tm local;
    if (localtime_r(&clock, &local) == NULL)
        return (second - (second % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS;
    return civil_date_to_days(
        (struct civil_date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday});
}

/* The last moment at which the local date goes over to `day`: looked for by quarters of an hour,
   backwards, then by halving; zones differ from UTC by less than 26 hours. */
static int64_t find_start(int64_t day)
{
    int64_t after = day * DAY_SECONDS + WIDEST_OFFSET;
    while (local_day(after - QUARTER) >= day)
        after -= QUARTER;
    int64_t before = after - QUARTER;
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (local_day(middle) >= day)
            after = middle;
        else
            before = middle;
    }
    return after * NS_PER_SECOND;
}

int64_t window_calendar_start(struct window_calendar *calendar, int64_t day)
{
    size_t place = (size_t)((uint64_t)day % REMEMBERED);
    if (calendar->begun[place].day != day) {
        calendar->begun[place].day = day;
        calendar->begun[place].start = find_start(day);
    }
    return calendar->begun[place].start;
}

int64_t window_calendar_day(struct window_calendar *calendar, int64_t time)
{
    int64_t day;
    if (time >= calendar->start && time < calendar->end)
        return calendar->day;
    day = local_day(floor_seconds(time));
    /* Set back over midnight: the date was there before, but the day had not begun for good. */
    if (time < window_calendar_start(calendar, day))
        day--;
    calendar->day = day;
    calendar->start = window_calendar_start(calendar, day);
    calendar->end = window_calendar_start(calendar, day + 1);
    return day;
}
