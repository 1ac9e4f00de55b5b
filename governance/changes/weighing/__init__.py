"""What a change would do: what it reaches, how risky it is, what evidence there is, what owners say of it."""
