"""The domain: what a camera is, can do, reports and fails with. No I/O, no clock, no vendor, no wire format."""
