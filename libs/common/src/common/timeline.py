"""The timeline of the log that a PostgreSQL is writing, in SQL: with the server's identity it names one history.

`pg_control_checkpoint()` would give that of the last checkpoint that has ended: for seconds or minutes after a standby
was promoted, still the one before.  A server in recovery writes no log, and answers with an error.
"""

TIMELINE = "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer"
