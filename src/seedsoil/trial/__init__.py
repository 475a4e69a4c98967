"""Many patients in several arms, and what the difference between the arms is."""
