"""Section C, circulation and arrest: cells shed, carried, held and lost."""
