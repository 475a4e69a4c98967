"""Measured facts that fill the nouns: organs, tumours, agents and hosts, each number with its evidence."""
