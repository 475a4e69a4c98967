"""Section E, heterogeneity: clones, instability and resistance."""
