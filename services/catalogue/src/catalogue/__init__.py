"""What is shown: films with their versions, visas and classifications, and rights offers.

Films come from imports and from the workshops of the scheme itself; a search forgives accents, case, articles and
small errors. It announces films and rights offers, and keeps a copy of the organisations that distribute them.
"""
