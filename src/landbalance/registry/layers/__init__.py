"""Layers of a workspace: sent, taken from a folder of the server, registered, kept beside others."""
