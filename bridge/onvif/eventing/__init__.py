"""From camera events to ONVIF notifications."""
