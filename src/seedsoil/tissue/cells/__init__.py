"""What cells of a block sense, propose and do: the kernels of a step."""
