"""Who may call, and what is kept secret."""
