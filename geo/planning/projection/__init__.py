"""Pupils to come: from the rolls, births and dwellings to the next ten years."""
