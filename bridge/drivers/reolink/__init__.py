"""The Reolink HTTP API family."""
