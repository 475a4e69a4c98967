"""Something is done, and time passes."""
