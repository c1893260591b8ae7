"""Balance and plan: pages of neutrality."""
