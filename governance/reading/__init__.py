"""The reading room: Django's admin over tables that are looked at there and never written."""
