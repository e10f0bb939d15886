"""Measures the running house as its users have it: through the gateway, warm, with the load generator beside.

Figures are percentiles of one run on one machine; each is also one JSON line on standard output, with a ratio where
another figure of the same run is its reference.
"""
