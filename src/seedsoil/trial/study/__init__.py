"""The study file: from text to a plan, every fault named at once, and back to text."""
