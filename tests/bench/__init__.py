"""Measures speed and memory. Run it with `make bench`; it asserts nothing, since machines differ."""
