"""Samples and counts: orders that look and change nothing, how they are carried out, and the rows that they leave."""
