"""What must hold whatever the facts: found by generating them, the same ones in every run."""
