"""One script for each schema, named by its number. A script never changes once it was released."""
