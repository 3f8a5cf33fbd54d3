"""Wire protocols without sockets, tasks or clocks: bytes and times in, events and bytes out."""
