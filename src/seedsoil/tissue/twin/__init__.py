"""The plain twin of a block of tissue: cells as objects that read their own rules, by the same laws in other formulas."""
