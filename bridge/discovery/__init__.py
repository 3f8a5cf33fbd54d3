"""WS-Discovery on real sockets, for many devices at once."""
