"""The audit record of every call: its shape, its store, and the feedback on its cards. Append-only."""
