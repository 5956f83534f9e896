#include "latency/recording_state.h"

#include "cli/diagnostics.h"
#include "latency/histogram_json.h"
#include "ndjson/json_iterator.h"
#include "state/line_fields.h"

#include <stdlib.h>

static void write_group(const struct latency_group *group, struct text_buffer *out)
{
    line_add_integer(out, "{\"window\":", group->window);
    text_buffer_add_text(out, ",\"by\":[");
    for (size_t i = 0; i < group->value_count; i++) {
        if (i > 0)
            text_buffer_add_byte(out, ',');
        text_buffer_add(out, group->values[i].text, group->values[i].length);
    }
    text_buffer_add_text(out, "],");
    histogram_json_write(out, &group->histogram);
    text_buffer_add_text(out, "}\n");
}

/* For the writer thread, which frees each copy when it has written it: to do that for thousands at
   once would hold the stream up. */
struct saved_groups {
    struct copied_groups groups;
    size_t next;
};

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    enum { ENOUGH = 256 * 1024 };
    struct saved_groups *saved = context;
    while (saved->next < saved->groups.count && out->length < ENOUGH) {
        struct latency_group **copy = &saved->groups.copies[saved->next++];
        write_group(*copy, out);
        latency_group_free(*copy);
        *copy = NULL;
        ++*rows;
    }
    return saved->next < saved->groups.count;
}

static void done(void *context)
{
    struct saved_groups *saved = context;
    copied_groups_free(&saved->groups);
    free(saved);
}

static void save_groups(const struct copied_groups *groups, const char *role,
                        struct snapshot_draft *draft)
{
    struct saved_groups *saved = allocate(sizeof *saved);
    *saved = (struct saved_groups){*groups, 0};
    snapshot_draft_add(draft, &(struct segment_source){role, INT64_MAX, saved, fill, done});
}

bool recording_state_prepare(struct latency_recording *recording)
{
    return group_copies_step(&recording->copies, &recording->recent, &recording->shelved);
}

void recording_state_save(struct latency_recording *recording, struct snapshot_draft *draft)
{
    struct copied_groups recent, shelved;
    while (!recording_state_prepare(recording))
        ;
    group_copies_take(&recording->copies, &recent, &shelved);
    save_groups(&recent, "recent", draft);
    save_groups(&shelved, "shelved", draft);
}

void recording_state_write(const struct latency_recording *recording, struct text_buffer *line)
{
    line_add_integer(line, ",\"recent_first\":", recording->recent_first);
    line_add_integer(line, ",\"recent_last\":", recording->recent_last);
    line_add_integer(line, ",\"shelved_first\":", recording->shelved_first);
    line_add_integer(line, ",\"shelved_last\":", recording->shelved_last);
    line_add_boolean(line, ",\"started\":", recording->started);
    line_add_integer(line, ",\"warm_until\":", recording->started ? recording->warm_until : 0);
    line_add_natural(line, ",\"left_out\":", recording->left_out);
}

bool recording_state_read(struct latency_recording *recording, struct line_fields *fields)
{
    return line_fields_integer(fields, "recent_first", &recording->recent_first) &&
           line_fields_integer(fields, "recent_last", &recording->recent_last) &&
           line_fields_integer(fields, "shelved_first", &recording->shelved_first) &&
           line_fields_integer(fields, "shelved_last", &recording->shelved_last) &&
           line_fields_boolean(fields, "started", &recording->started) &&
           line_fields_integer(fields, "warm_until", &recording->warm_until) &&
           line_fields_natural(fields, "left_out", &recording->left_out);
}

struct restoring {
    struct latency_groups *groups;
    struct scratch scratch;
};

/* The key of a group as evlatency makes it of a record's --by values. */
static bool read_group_key(struct json_slice by, size_t count, struct scratch *scratch,
                           struct json_key *key, struct json_slice *values)
{
    if (by.kind != JSON_ARRAY || json_array_length(by) != count)
        return false;
    *key = latency_no_key;
    for (size_t i = 0; i < count; i++)
        values[i] = json_element(by, (int64_t)i);
    return count == 0 || json_key_make(count == 1 ? values[0] : by, scratch, key);
}

static bool take_group(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    size_t count = restoring->groups->value_count;
    struct json_slice object = {line, (uint32_t)length, JSON_OBJECT, 0};
    const struct histogram_members members = histogram_members_of(object);
    struct latency_group *group;
    struct line_fields fields;
    struct json_slice by;
    struct json_slice *values;
    struct json_key key;
    int64_t window;
    scratch_reset(&restoring->scratch);
    values = scratch_take(&restoring->scratch, (count + 1) * sizeof *values);
    if (!line_fields_begin(&fields, line, length) ||
        !line_fields_integer(&fields, "window", &window) ||
        !line_fields_value(&fields, "by", &by) ||
        !read_group_key(by, count, &restoring->scratch, &key, values))
        return false;
    group = latency_groups_at(restoring->groups, &key, values, window);
    return (group->histogram.count == 0 || refuse(error, "a group stands twice")) &&
           histogram_json_read(&group->histogram, &members, error);
}

static bool restore_groups(struct latency_groups *groups, const char *role,
                           const struct saved_snapshot *saved, struct error_text *error)
{
    struct restoring restoring = {.groups = groups};
    bool fine = saved_snapshot_segments(saved, role, take_group, &restoring, error);
    scratch_free(&restoring.scratch);
    return fine;
}

bool recording_state_restore(struct latency_recording *recording,
                             const struct saved_snapshot *saved, struct error_text *error)
{
    return restore_groups(&recording->recent, "recent", saved, error) &&
           restore_groups(&recording->shelved, "shelved", saved, error);
}
