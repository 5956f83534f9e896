#!/bin/bash
# Deletes rows of the five tables that are older than HOURS (48 if not given), all or none. For cron:
# prints nothing when all is well, ends with psql's status when not. Where the database is, psql's
# environment says (PGHOST, PGDATABASE, ...).
#   retention.sh [HOURS]
set -euo pipefail
exec psql -qXAt --single-transaction -v ON_ERROR_STOP=1 -v hours="${1:-48}" <<'SQL'
DELETE FROM source_count WHERE time < now() - :'hours'::int * interval '1 hour';
DELETE FROM category_count WHERE time < now() - :'hours'::int * interval '1 hour';
DELETE FROM gender_count WHERE time < now() - :'hours'::int * interval '1 hour';
DELETE FROM revenue WHERE time < now() - :'hours'::int * interval '1 hour';
DELETE FROM fail_count WHERE time < now() - :'hours'::int * interval '1 hour';
SQL
