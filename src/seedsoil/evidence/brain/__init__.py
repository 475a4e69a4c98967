"""Section H, the brain: vessels, barrier and astrocytes."""
