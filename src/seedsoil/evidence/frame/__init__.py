"""Section A, the clinical frame: one patient, and what surgery and drugs leave undone."""
