"""Simulated cameras: native protocols as real network programs. Imports nothing else of the bridge."""
