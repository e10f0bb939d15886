"""What is shown: films with their versions, visas and classifications, rights offers, national and regional lists.

Films come from imports and from the workshops of the scheme itself; a search forgives accents, case, articles and
small errors. It announces films, rights offers and lists, and keeps a copy of the organisations that distribute them.
"""
