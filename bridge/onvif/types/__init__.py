"""ONVIF messages and structures as dataclasses; field order is schema order."""
