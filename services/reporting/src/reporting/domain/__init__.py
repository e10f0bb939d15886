"""What figures are made of, what they mean, who may see them.  Pure."""
