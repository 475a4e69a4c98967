"""Orders that look and change nothing, from a study file and back: pieces, tubes, cultures, autopsies, counts."""
