"""The only place where input files are opened: one module a publisher, and the door to a city."""
