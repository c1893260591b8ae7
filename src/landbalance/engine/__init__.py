"""Runs over rasters: plan the steps, stream the blocks, keep the manifest."""
