"""The journey: where blood and lymph carry cells, where they arrest, and what becomes of them there."""
