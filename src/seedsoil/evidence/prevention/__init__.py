"""Section F, prevention: what stops metastases from coming about."""
