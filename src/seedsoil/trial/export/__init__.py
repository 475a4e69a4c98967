"""Tables for other programs: every table as CSV, and the analysis tables of clinical trials."""
