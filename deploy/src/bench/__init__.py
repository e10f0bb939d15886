"""Measures the running house as its users have it: through the gateway, warm, with the load generator beside.

Figures are ratios or medians of one run on one machine; each is also one JSON line on standard output.
"""
