"""Section G, established metastases: what is done to lesions that are there."""
