"""Every SQL statement of reporting.  Each function works in its caller's transaction."""
