"""Section D, organs: where metastases lie, and why."""
