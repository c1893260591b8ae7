"""Plans: what a country decides to do, where and when."""
