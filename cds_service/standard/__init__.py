"""CDS Hooks 2.0.1, tolerant of 3.0, as JSON Schemas and invariants. Knows no network and no service."""

SPECIFICATION = "2.0.1"
"""The version of CDS Hooks that every service here keeps."""
