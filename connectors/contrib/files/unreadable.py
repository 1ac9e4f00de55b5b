"""A whole file that cannot be read."""


class Unreadable(Exception):
    """The file goes to the folder for rejected ones; the sentence goes to quarantine with its first bytes."""
