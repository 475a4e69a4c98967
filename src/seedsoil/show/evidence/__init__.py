"""Pages of the claims: one for each with its picture and verdict, and an overview of all."""
