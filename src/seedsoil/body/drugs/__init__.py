"""What reaches a lesion of each drug, and what it does to its cells: deaths, and divisions held."""
