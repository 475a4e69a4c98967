"""The run folder in parts: its ledger, its Parquet parts, its care, and how one run differs from another."""
