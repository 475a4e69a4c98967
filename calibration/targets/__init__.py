"""The targets of calibrate_catalogue.py, a file for each study or two: whatever holds ``TARGETS`` is found."""
