"""What DuckDB's side of each bench has in common: a connection that may use all cores and any order; records
read as members, or as whole lines beside the members that a query needs; lines written as they are."""
import duckdb

# A byte that no line of JSON holds, where DuckDB wants a delimiter.
NEVER = "\x01"


def connect():
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    # DuckDB takes a file of unknown length for a short one, and an ASOF JOIN of few rows for a loop over them.
    connection.execute("SET asof_loop_join_threshold = 0")
    return connection


def members(file, **types):
    columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in types.items())
    return f"SELECT * FROM read_json('{file}', format='newline_delimited', columns={{{columns}}})"


def lines(reader, file, **types):
    """A column line and the members; reader: objects, or csv, which does not check that lines are JSON."""
    sources = {
        "objects": f"SELECT json AS line FROM read_ndjson_objects('{file}')",
        "csv": f"""SELECT line FROM read_csv('{file}', auto_detect=false, header=false, quote='', escape='',
            delim='{NEVER}', columns={{line: 'VARCHAR'}})""",
    }
    wanted = ", ".join(f'"{name}":"{kind}"' for name, kind in types.items())
    return f"""SELECT line, wanted.* FROM (SELECT line, json_transform(line, '{{{wanted}}}') AS wanted
        FROM ({sources[reader]}))"""


def write_lines(connection, query, target):
    """Writes the one column of the query, each value a line of JSON."""
    connection.execute(f"""COPY ({query}) TO '{target}'
        (FORMAT CSV, HEADER false, QUOTE '', ESCAPE '', DELIMITER '{NEVER}')""")


def write_json(connection, query, target):
    """Writes the columns of the query as members."""
    connection.execute(f"COPY ({query}) TO '{target}' (FORMAT JSON)")
