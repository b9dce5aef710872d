"""Reads `rules/` and `cards/` into core values, or complains exactly: file, line, key, problem, cure."""
