"""The body scale: clones by lesions, stochastic in time."""
