"""Pictures of one patient: each takes a History, or two of them."""
