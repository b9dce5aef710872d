"""Tests of fetching from the client's FHIR server."""
