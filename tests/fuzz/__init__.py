"""Calls that nobody would send on purpose: generated, read as the service reads them, and measured."""
