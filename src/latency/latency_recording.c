#include "latency/latency_recording.h"

#include "time/timestamp.h"

static void forget_span(int64_t *first, int64_t *last)
{
    *first = INT64_MAX;
    *last = INT64_MIN;
}

static void begin_recent(struct latency_recording *recording)
{
    latency_groups_init(&recording->recent, recording->by_count);
    forget_span(&recording->recent_first, &recording->recent_last);
    recording->only = NULL;
    if (recording->by_count == 0 && recording->window == 0)
        recording->only = latency_groups_at(&recording->recent, &latency_no_key, NULL, 0);
}

void latency_recording_start(struct latency_recording *recording)
{
    latency_histogram_init(&recording->total);
    latency_groups_init(&recording->shelved, recording->by_count);
    forget_span(&recording->shelved_first, &recording->shelved_last);
    begin_recent(recording);
    recording->started = false;
    recording->left_out = 0;
}

void latency_recording_free(struct latency_recording *recording)
{
    group_copies_drop(&recording->copies);
    latency_groups_free(&recording->recent);
    latency_groups_free(&recording->shelved);
    latency_histogram_free(&recording->total);
}

static bool warming_up(struct latency_recording *recording, int64_t source)
{
    if (!recording->started) {
        recording->started = true;
        recording->warm_until = time_add(source, recording->warmup);
    }
    if (source >= recording->warm_until)
        return false;
    recording->left_out++;
    return true;
}

static int64_t window_start(int64_t time, int64_t window)
{
    int64_t into = time % window;
    return time_subtract(time, into < 0 ? into + window : into);
}

void latency_recording_add(struct latency_recording *recording, const struct json_key *key,
                           const struct json_slice *values, int64_t event_time, int64_t source,
                           int64_t sink)
{
    struct latency_group *group = recording->only;
    if (recording->warmup > 0 && warming_up(recording, source))
        return;
    if (group == NULL)
        group = latency_groups_at(
            &recording->recent, key, values,
            recording->window > 0 ? window_start(event_time, recording->window) : 0);
    latency_histogram_record(&group->histogram, time_subtract(sink, source));
    group_copies_record(&recording->copies, group, time_subtract(sink, source));
    if (source < recording->recent_first)
        recording->recent_first = source;
    if (source > recording->recent_last)
        recording->recent_last = source;
}

void latency_recording_report(struct latency_recording *recording, struct latency_report *report)
{
    const struct latency_groups *groups = &recording->recent;
    latency_groups_sort(&recording->recent);
    latency_histogram_clear(&recording->total);
    for (size_t i = 0; i < groups->count; i++)
        latency_histogram_merge(&recording->total, &groups->groups[i]->histogram);
    report->total = &recording->total;
    report->groups = groups;
    report->first = recording->recent_first;
    report->last = recording->recent_last;
    report->window = recording->window;
    report->warmup = recording->warmup;
    report->left_out = recording->left_out;
}

static void widen(int64_t *first, int64_t *last, int64_t other_first, int64_t other_last)
{
    *first = other_first < *first ? other_first : *first;
    *last = other_last > *last ? other_last : *last;
}

void latency_recording_shelve(struct latency_recording *recording)
{
    group_copies_drop(&recording->copies);
    latency_groups_merge(&recording->shelved, &recording->recent, GROUPS_WHOLE);
    widen(&recording->shelved_first, &recording->shelved_last, recording->recent_first,
          recording->recent_last);
    latency_groups_free(&recording->recent);
    begin_recent(recording);
}

void latency_recording_unshelve(struct latency_recording *recording)
{
    group_copies_drop(&recording->copies);
    latency_groups_merge(&recording->recent, &recording->shelved, GROUPS_WHOLE);
    widen(&recording->recent_first, &recording->recent_last, recording->shelved_first,
          recording->shelved_last);
    latency_groups_free(&recording->shelved);
    forget_span(&recording->shelved_first, &recording->shelved_last);
}
