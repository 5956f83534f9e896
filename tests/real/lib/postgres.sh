# shellcheck shell=bash
# A PostgreSQL server of a test's own, to be sourced. postgres_start [SETTING=VALUE]... makes a cluster
# in a new folder, starts it on a unix socket there (no TCP port) and exports PGHOST, PGPORT, PGUSER,
# PGDATABASE, so that plain `psql -qX` reaches it. Programs: PGBIN, or the newest under
# /usr/lib/postgresql. postgres refuses to run as root; root becomes the user `postgres`.
# postgres_stop ends it and removes the folder; it also runs when the shell that started it exits,
# before a trap on EXIT that was set earlier. Set traps on EXIT before postgres_start, not after.

postgres_programs() {
    local folder
    [ -n "${PGBIN:-}" ] && return
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn); do
        [ -x "$folder/initdb" ] || continue
        PGBIN=$folder
        return
    done
    PGBIN=$(dirname "$(command -v initdb)") || {
        echo "postgres_start: no initdb (Debian: apt-get install postgresql)" >&2
        return 1
    }
}

# postgres_as COMMAND...: as the user the server runs as, in a folder that this user can enter.
postgres_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        (cd / && exec "$@")
    fi
}

postgres_start() {
    local setting earlier
    postgres_programs || return
    # A socket's path has room for 107 bytes, whatever TMPDIR is.
    POSTGRES_FOLDER=$(mktemp -d /tmp/evpg.XXXXXX) || return
    POSTGRES_OWNER=$BASHPID
    [ "$(id -u)" != 0 ] || chown postgres: "$POSTGRES_FOLDER"
    earlier=$(trap -p EXIT)
    earlier=${earlier#"trap -- '"}
    earlier=${earlier%"' EXIT"}
    # shellcheck disable=SC2064 # the earlier trap as it stands now
    trap "postgres_stop; ${earlier//"'\\''"/"'"}" EXIT
    postgres_as "$PGBIN/initdb" --no-sync -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        -D "$POSTGRES_FOLDER/data" >"$POSTGRES_FOLDER.log" 2>&1 || {
        cat "$POSTGRES_FOLDER.log" >&2
        return 1
    }
    for setting in "listen_addresses=''" "unix_socket_directories='$POSTGRES_FOLDER'" "$@"; do
        printf '%s = %s\n' "${setting%%=*}" "${setting#*=}"
    done >>"$POSTGRES_FOLDER/data/postgresql.conf"
    postgres_as "$PGBIN/pg_ctl" -D "$POSTGRES_FOLDER/data" -l "$POSTGRES_FOLDER/server.log" \
        -t 60 -w start >>"$POSTGRES_FOLDER.log" 2>&1 || {
        cat "$POSTGRES_FOLDER.log" "$POSTGRES_FOLDER/server.log" >&2
        return 1
    }
    export PGHOST=$POSTGRES_FOLDER PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

# Only the shell that started the server ends it: subshells inherit the trap's text, not the task.
postgres_stop() {
    [ -n "${POSTGRES_FOLDER:-}" ] && [ "$POSTGRES_OWNER" = "$BASHPID" ] || return 0
    [ ! -e "$POSTGRES_FOLDER/data/postmaster.pid" ] ||
        postgres_as "$PGBIN/pg_ctl" -D "$POSTGRES_FOLDER/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$POSTGRES_FOLDER" "$POSTGRES_FOLDER.log"
    unset POSTGRES_FOLDER PGHOST PGPORT PGUSER PGDATABASE
}
