"""Pages of electronic signatures: the ceremony, a signature, its withdrawal, packages of signed records."""
