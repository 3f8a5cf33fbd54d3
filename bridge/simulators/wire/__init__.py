"""The simulators' own wire protocols."""
