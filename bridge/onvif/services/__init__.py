"""One module per ONVIF service."""
