"""The operator's command line: what waits, what stands still, and what to do about it.

It reads the schemas of all services as their owners, and asks the broker.  Every change it makes is one transaction
with its line in the service's audit (`common.operations`).
"""
