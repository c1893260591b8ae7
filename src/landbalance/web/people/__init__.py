"""Signing in, members and invitations."""
