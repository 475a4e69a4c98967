"""A study is carried out: who computes which patients, in which processes, and what happens when one of them fails."""
