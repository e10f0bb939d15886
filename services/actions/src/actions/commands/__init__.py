"""The verbs of the service, by noun.  Each one locks, judges who asks, decides in the domain, writes and announces."""
