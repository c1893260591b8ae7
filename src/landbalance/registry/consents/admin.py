"""Consents are not for the keeper of the installation: their custodian decides who sees them."""
