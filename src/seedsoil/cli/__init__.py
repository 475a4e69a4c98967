"""The command line: it mirrors the Python verbs, and answers mistakes with one plain line each."""
