"""An invented country with known truth: what is planted in its layers is written down beside them."""

from landbalance.io.demo.make import make_demo

__all__ = ["make_demo"]
