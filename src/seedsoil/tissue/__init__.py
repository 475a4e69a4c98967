"""The lesion scale: a block of tissue, voxel by voxel, with all that diffuses in it."""
