"""Why the loader of the demonstration does what it does: the reason of each of its acts."""

REASON = "The loader of the demonstration sets up a sample company, so that there is something to look at."
