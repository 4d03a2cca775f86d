"""What visitors ask and no article answers: read, grouped by subject, ranked, and followed until it is written."""
