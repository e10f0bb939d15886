"""Writes `docs/reference` from the code, and compares: what can be generated is never written by hand.

A client of every other package of this repository; nothing imports it but its tests.
"""
