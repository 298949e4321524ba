"""Shortest ways on large street networks: contracted once, asked many times."""
