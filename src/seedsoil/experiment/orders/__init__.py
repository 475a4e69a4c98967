"""The orders of a protocol, carried out one kind at a time."""
