"""Lineage: the tree behind a patient's lesions, what sequencing would show of it, and files for other programs."""
