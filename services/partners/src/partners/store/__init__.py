"""Every SQL statement of partners, one module a noun.  Each function works in its caller's transaction."""
