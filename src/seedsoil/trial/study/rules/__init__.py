"""Rules that react to what is seen: how a study file says them, and what they ask for."""
