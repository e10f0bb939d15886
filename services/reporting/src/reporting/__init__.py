"""The figures: what was held, seen, asked, granted and paid, by time, place and type.

It holds no business data of its own: it listens to the states that others announce, keeps contributions that can be
retracted, and answers with figures that say as of when and from which positions they are. It announces changed
figures, on a topic and on a live stream.
"""
