"""Reading articles from files: the door to everything in this folder.

``read_articles(source)`` takes a folder or a file of any of the five kinds and gives a ``Reading``.
"""

from corpus.sources.reading import Reading, read_articles

__all__ = ["Reading", "read_articles"]
