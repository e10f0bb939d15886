"""The verbs of the catalogue.  Each one reads, decides, writes and announces."""
