"""A CDS Hooks service for the differential diagnosis of soft tissue calcifications."""

__version__ = "0.1.0"
