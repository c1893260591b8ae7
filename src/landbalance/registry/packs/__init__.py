"""Country packs of a workspace: planned, built by a worker, looked at, carried, taken into use."""
