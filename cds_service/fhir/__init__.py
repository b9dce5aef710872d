"""FHIR and CDS Hooks JSON in, plain values out; judges nothing."""
