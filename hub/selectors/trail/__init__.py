"""What happened: the audit trail, what was refused, and its review."""
