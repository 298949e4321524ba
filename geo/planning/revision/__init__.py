"""A better school map: the search and its certified bound."""
