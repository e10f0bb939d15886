"""Every SQL statement of the catalogue.  Each function works in its caller's transaction."""
