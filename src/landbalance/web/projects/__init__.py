"""The pipeline of projects in the browser."""
