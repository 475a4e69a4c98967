"""Carrying claims out: in processes, resumable, failures told."""
