"""WS-Discovery (April 2005), target side."""
