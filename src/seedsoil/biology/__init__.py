"""Nouns and laws of seed and soil: frozen data, pure functions."""
