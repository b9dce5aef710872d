"""What the console asks of the index: counts by day, calls by their traits, and what changed when."""
