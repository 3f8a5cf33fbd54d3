"""Drivers, each against a scripted camera."""
