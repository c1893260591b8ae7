"""Print the figures of project finance: `python -m bench.project_finance`."""

import time
from collections.abc import Callable
from datetime import date

import numpy as np

from landbalance.finance.matching import match_all
from landbalance.finance.risk import Driver, monte_carlo
from landbalance.finance.star import allocate
from landbalance.finance.windows import Ask, Window


def least(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the least time of several runs [s]."""
    spent = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    scores, floors = rng.lognormal(size=200), np.full(200, 0.5)
    seconds = least(lambda: allocate(scores, 618.0, floors, np.full(200, 37.0)))
    print(f"STAR with 200 countries: {seconds * 1e3:.2f} ms (goal 5 ms)")
    drivers = [Driver(str(place), "pert", 0.5, 1.0, 1.4, (str(place),)) for place in range(6)]
    together = np.full((6, 6), 0.3) + 0.7 * np.eye(6)
    worth = {str(place): 1.0 for place in range(6)}
    seconds = least(
        lambda: monte_carlo(worth, drivers, draws=100_000, rng=np.random.default_rng(2), correlation=together), 3
    )
    print(f"100,000 draws of 6 correlated inputs: {seconds:.2f} s (goal 1 s)")
    themes = [f"t{place}" for place in range(12)]
    catalogue = [
        Window(f"w{n}", "fund", "title", frozenset(rng.choice(themes, 4)), frozenset({"grant"})) for n in range(200)
    ]
    asks = [Ask(f"p{n}", 5.0, frozenset(rng.choice(themes, 3)), frozenset({"grant"}), "ZZA") for n in range(1000)]
    seconds = least(lambda: match_all(asks, catalogue, date(2026, 11, 25)), 3)
    print(f"1,000 projects against 200 windows: {seconds:.2f} s (goal 1 s)")


if __name__ == "__main__":
    main()
