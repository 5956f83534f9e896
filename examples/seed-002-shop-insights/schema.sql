-- The five tables behind the dashboard: a row per minute of purchases, named after the minute's end,
-- and per source, category, gender or reason. rev grows with each correction of a row.
CREATE TABLE IF NOT EXISTS source_count (
    time timestamptz, source text, total bigint NOT NULL, rev bigint NOT NULL,
    PRIMARY KEY (time, source));
CREATE TABLE IF NOT EXISTS category_count (
    time timestamptz, category text, total bigint NOT NULL, rev bigint NOT NULL,
    PRIMARY KEY (time, category));
CREATE TABLE IF NOT EXISTS gender_count (
    time timestamptz, gender text, total bigint NOT NULL, rev bigint NOT NULL,
    PRIMARY KEY (time, gender));
CREATE TABLE IF NOT EXISTS revenue (
    time timestamptz PRIMARY KEY, revenue numeric NOT NULL, profit numeric NOT NULL,
    quantity bigint NOT NULL, rev bigint NOT NULL);
CREATE TABLE IF NOT EXISTS fail_count (
    time timestamptz, description text, total bigint NOT NULL, rev bigint NOT NULL,
    PRIMARY KEY (time, description));
