"""What instruments see of a patient, with their errors; observing never changes the run."""
