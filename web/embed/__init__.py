"""The chat on other sites: the script that a page names, and a demonstration of it."""
