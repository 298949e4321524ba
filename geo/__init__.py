"""Cartable: what changes, for whom and when, if a city changes its school map."""
