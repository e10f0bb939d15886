"""The mechanisms that every service needs, with no business word in them.

What may live here is decided by three tests: two services would change it for the same reason, it can be explained
without naming a service, and it is more than ten lines. The only business words are in `common.contracts`, the facts
that services tell each other.
"""
