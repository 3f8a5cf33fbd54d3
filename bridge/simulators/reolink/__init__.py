"""A simulated camera of the Reolink HTTP API family."""
