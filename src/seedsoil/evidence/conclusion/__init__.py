"""Section J, the conclusion: seed, soil, or both."""
