"""Processes are killed, databases stopped and disks filled in the middle of calls: every answer has its record."""
