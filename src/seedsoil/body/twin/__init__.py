"""The plain twin of the engine: the same person by the same laws in other formulas, to be compared draw for draw."""
