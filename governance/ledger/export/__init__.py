"""What an inspector gets, and the same asked of the database itself."""
