#ifndef GENERATE_RECORD_H
#define GENERATE_RECORD_H

#include <stdint.h>

/* Which part of a pair a record is. SIDE_SLOT: an arrival whose use is not decided yet. */
enum record_side { SIDE_SLOT, SIDE_ACK = 1, SIDE_REQUEST = 2 };

#define VARIANT_RANDOM 0xff

/* A record before it is text. Everything else follows from the seed and these, so the same record
   can be written again, now or later. */
struct record {
    int64_t arrival;    /* ns; output is in this order */
    int64_t event_time; /* ns */
    int64_t origin;     /* event time of the pair's first part (its own if it has no pair) */
    uint64_t number;    /* counts the transactions of its producer, from 0 */
    uint32_t producer;  /* from 0 */
    uint8_t side;       /* enum record_side */
    uint8_t variant;    /* index of the kind that --share chose, VARIANT_RANDOM = none did */
    uint8_t paired;     /* its partner exists or will */
    uint8_t follower;   /* the pair's second part */
};

#endif
