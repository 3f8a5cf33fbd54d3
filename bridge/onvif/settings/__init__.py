"""What clients set on a virtual device, as typed sections of its memory."""
