"""The sandbox over HTTP, in the demo profile only."""
