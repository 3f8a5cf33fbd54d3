"""The ONVIF face of a camera."""
