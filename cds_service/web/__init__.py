"""The only package that knows HTTP: the CDS services, the pages, and the answers to what goes wrong."""
