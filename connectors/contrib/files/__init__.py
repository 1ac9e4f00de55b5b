"""CSV, JSON, JSON Lines and XML files in a folder or over SFTP."""

from .connector import Files

__all__ = ["Files"]
