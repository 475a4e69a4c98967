"""Section B, the cascade: steps that a cell must take one after the other."""
