"""Medicine: drugs and radiation, from dose to concentration to hazard, and what bounds a dose."""
