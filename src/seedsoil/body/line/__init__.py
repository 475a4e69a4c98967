"""Cells of one kind: what they turn into, and quick exact draws for a lone family and for a line that leaves marks."""
