"""How Villebrune, the fictional city that Cartable ships, is made: one module a layer."""
