"""Country packs in the browser."""
