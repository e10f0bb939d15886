"""The local stack: a private PostgreSQL, a private Kafka, the services and the gateway, started and watched together.

It runs what production runs, from the same configuration, without containers and without root. Everything it writes
lies in one state folder; what it starts, it takes down with it.
"""
