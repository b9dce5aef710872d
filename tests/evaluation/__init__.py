"""Measures how often the service is right on published cases. Run it with `make evaluate`."""
