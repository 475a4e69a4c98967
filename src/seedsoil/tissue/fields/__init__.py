"""What diffuses in a block of tissue: where it comes from, who takes it up, and how far it reaches."""
