"""Recode polygons: where experts know better, proposed, then accepted or rejected by somebody else."""
