"""Judges recorded calls again, with the same or with other rules, and tells what would change and why."""
