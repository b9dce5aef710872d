"""The console: figures over the record, each of which leads to its calls."""
