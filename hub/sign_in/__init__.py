"""Who gets in: attempts counted, browsers known, codes and providers, sessions that end."""
