"""Command lines that stand on their own beside ``python -m assistant``."""
