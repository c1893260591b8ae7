"""Country packs: public layers of a country, fetched, checked and carried."""
