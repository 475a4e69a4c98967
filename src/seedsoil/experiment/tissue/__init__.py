"""A block of tissue in files: kept states, positions of cells, images, tables, and the tree of its cells."""
