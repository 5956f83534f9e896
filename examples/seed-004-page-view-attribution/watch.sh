#!/bin/bash
# Seed 004's metrics live, beside `evattr ... --metrics evattr.prom`: clicks and page views received,
# results emitted and updated, what is held, the watermark of each partition and how far its streams
# are. The file is rewritten every 10 s, and at the end.
#   examples/seed-004-page-view-attribution/watch.sh [FILE.prom]
shown='^evtools_(touches|conversions|emitted|updated|(un)?attributed|held_.*|state_bytes|partition_.*|stream_.*)[{]'
exec watch -n 1 -t "grep -E '$shown' '${1:-evattr.prom}' | sed 's/^evtools_//'"
