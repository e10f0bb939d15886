"""The verbs of partners, one module a noun.  Each reads, decides, writes and announces, in its caller's transaction."""
