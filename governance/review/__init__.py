"""Review of the audit trail by exception: what stands out, a queue worst first, signed closure, coverage."""
