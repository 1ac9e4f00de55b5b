"""Persons decide on a change by signing it: whose turn it is, what counts, what makes it void, what follows."""
