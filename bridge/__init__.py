"""onvif-bridge: cameras with a native protocol, presented as standard ONVIF devices."""
