"""Targets: what they promise, how far they are, and how much land they share."""

from landbalance.planning.targets.claim import TargetClaim, TargetPart
from landbalance.planning.targets.measured import LandTypeNet, Measurement, expected_loss_km2
from landbalance.planning.targets.overlap import Atom, Overlap, overlap
from landbalance.planning.targets.progress import (
    Reading,
    TargetProgress,
    expected_progress,
    prais_status,
    target_progress,
    traffic_light,
)
from landbalance.planning.targets.rules import TargetRules, target_rules
from landbalance.planning.targets.share import parts_add_up, share_out
from landbalance.planning.targets.smart import SmartScore, smart_score

__all__ = [
    "Atom",
    "LandTypeNet",
    "Measurement",
    "Overlap",
    "Reading",
    "SmartScore",
    "TargetClaim",
    "TargetPart",
    "TargetProgress",
    "TargetRules",
    "expected_loss_km2",
    "expected_progress",
    "overlap",
    "parts_add_up",
    "prais_status",
    "share_out",
    "smart_score",
    "target_progress",
    "target_rules",
    "traffic_light",
]
