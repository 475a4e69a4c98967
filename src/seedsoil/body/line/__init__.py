"""Cells of one kind under constant hazards: quick exact draws for a lone family and for a line that leaves marks."""
