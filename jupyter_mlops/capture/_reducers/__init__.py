"""How values of each framework are packed: one framework a file, loaded when the kernel has loaded it."""
