"""What the partners service knows by itself: one module a noun, pure, without clock, database or framework."""
