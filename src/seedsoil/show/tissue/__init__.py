"""Pictures of one block of tissue: a slice, the block in space, and a strip of slices in time."""
