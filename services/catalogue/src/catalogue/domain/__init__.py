"""What a film and an offer of rights are, how they are named and found, and what may happen to them.  Pure."""
