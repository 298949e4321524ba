"""The nouns: city, plan, scenario, assumptions, evaluation, source, and the contract of every table."""
