"""The search for programs: read-only JSON at /api/v1, for whoever has a token."""
