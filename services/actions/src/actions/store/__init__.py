"""Every SQL statement of the service, by noun; each function works in its caller's transaction."""
