"""Native camera protocols, one package per family."""
