"""Synthetic patients: told as stories, drawn with a seed, FHIR R4 resources with known truth."""
