"""The same activity in several sources: scored pairs, clusters, and which record of a cluster counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.fuzz import token_set_ratio
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landbalance.core.dated import Dated, dated_values
from landbalance.finance.ledger import SOURCES
from landbalance.finance.transfers import need_columns

METHOD = "duplicates/1"
COLUMNS = ("id", "source", "reporter", "title", "amount", "start", "year", "recipient", "family", "external_id")
PAIR_COLUMNS = ("first", "second", "score", "title_score", "amount_score", "date_score", "verdict")
YEAR = 365.0


@dataclass(frozen=True)
class Clusters:
    """Pairs with their evidence, and for each clustered activity its cluster and whether it is the one that counts."""

    pairs: pd.DataFrame
    members: pd.DataFrame


def cluster_duplicates(
    activities: pd.DataFrame,
    parameters: Mapping[str, Dated] | None = None,
    *,
    decided: Mapping[tuple[str, str], str] | None = None,
) -> Clusters:
    """Return activities that several sources tell of.

    Parameters
    ----------
    activities : DataFrame
        Columns id, source, reporter, title, amount (one currency), start, year, recipient, family (of the provider),
        external_id. Two records of one reporter in one source are two activities.
    decided : mapping of (str, str) to str, optional
        Verdicts of reviewers, "same" or "different", by pair in alphabetical order; they go before scores.

    Returns
    -------
    Clusters
        `pairs` with scores and the verdict "same" or "review"; `members` with id, cluster, is_primary. Pairs for review
        are never clustered. An activity is one with at most one of each other reporter. The primary record is that of
        the first source of the order budget, AIMS, IATI, CRS.

    References
    ----------
    .. [1] finance 2.6 R11, R12: 0.5 title + 0.3 amount + 0.2 date within recipient, provider family and a year.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "b"], "source": ["iati", "crs"], "reporter": ["X", "Y"],
    ...     "title": ["Zai in Tahoua", "Tahoua zai"], "amount": [10.0, 10.0], "year": [2020, 2020],
    ...     "start": pd.to_datetime(["2020-01-01", "2020-02-01"]), "recipient": ["NER", "NER"], "family": ["4", "4"],
    ...     "external_id": ["", ""]})
    >>> cluster_duplicates(frame).members["id"].tolist()
    ['a', 'b']
    """
    need_columns(activities, COLUMNS)
    known = parameters or dated_values("finance/parameters")
    table = activities.reset_index(drop=True)
    found = [_same_id(table)]
    candidates = table[table["year"].notna()]
    voices = candidates["source"].astype(str) + "|" + candidates["reporter"].astype(str)
    several = voices.groupby([candidates["recipient"], candidates["family"]]).transform("nunique") > 1
    for _, block in candidates[several].groupby(["recipient", "family"], sort=True):
        found.append(_scored(block, known))
    pairs = pd.concat(found, ignore_index=True).sort_values("score", ascending=False, kind="stable")
    pairs = pairs.drop_duplicates(["first", "second"]).sort_values(["first", "second"]).reset_index(drop=True)
    return settle_pairs(table, _one_a_voice(table, pairs), decided or {})


def settle_pairs(
    activities: pd.DataFrame,
    pairs: pd.DataFrame,
    decided: Mapping[tuple[str, str], str],
    *,
    counts: Collection[str] = (),
) -> Clusters:
    """Return the clusters that scored pairs make once reviewers have decided.

    Parameters
    ----------
    activities : DataFrame
        Columns id, source.
    pairs : DataFrame
        `PAIR_COLUMNS`, with the verdicts of the scores.
    decided : mapping of (str, str) to str
        Verdicts of reviewers by pair in alphabetical order.
    counts : collection of str
        Activities that a reviewer wants to count; they go before the order of sources.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "b"], "source": ["iati", "crs"]})
    >>> pairs = pd.DataFrame([("a", "b", 0.7, 0.7, 0.7, 0.7, "review")], columns=list(PAIR_COLUMNS))
    >>> settle_pairs(frame, pairs, {("a", "b"): "same"}, counts=["b"]).members["is_primary"].tolist()
    [True, False]
    """
    settled = _with_decisions(pairs, decided)
    return Clusters(settled, _clustered(activities, settled, counts))


def _one_a_voice(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs in which an activity is one with the best of each other voice at most; the rest is for review."""
    voice = dict(zip(table["id"], zip(table["source"], table["reporter"], strict=True), strict=True))
    taken: set[tuple[str, tuple[str, str]]] = set()
    verdicts = dict(zip(pairs.index, pairs["verdict"], strict=True))
    for place, first, second, _ in (
        pairs[pairs["verdict"] == "same"]
        .sort_values(["score", "first", "second"], ascending=[False, True, True])[["first", "second", "score"]]
        .itertuples(name=None)
    ):
        ends = {(first, voice[second]), (second, voice[first])}
        if ends & taken:
            verdicts[place] = "review"
        taken |= ends
    return pairs.assign(verdict=pd.Series(verdicts, dtype=object))


def _with_decisions(pairs: pd.DataFrame, decided: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Return pairs with the verdicts of reviewers in place of scores; decided pairs that scored too low are added."""
    if not decided:
        return pairs
    keys = list(zip(pairs["first"], pairs["second"], strict=True))
    verdicts = [decided.get(key, found) for key, found in zip(keys, pairs["verdict"], strict=True)]
    missing = [(*key, 0.0, 0.0, 0.0, 0.0, verdict) for key, verdict in decided.items() if key not in set(keys)]
    return pd.concat([pairs.assign(verdict=verdicts), pd.DataFrame(missing, columns=list(PAIR_COLUMNS))]).reset_index(
        drop=True
    )


def _same_id(table: pd.DataFrame) -> pd.DataFrame:
    """Return pairs where one source names the identifier of another: certain."""
    named = table[table["external_id"].astype(str) != ""]
    pairs = named.merge(table, left_on="external_id", right_on="id", suffixes=("", "_other"))
    shared = named.merge(named, on="external_id", suffixes=("", "_other"))
    shared = shared[(shared["id"] < shared["id_other"]) & (shared["source"] != shared["source_other"])]
    both = [*zip(pairs["id"], pairs["id_other"], strict=True), *zip(shared["id"], shared["id_other"], strict=True)]
    rows = [(min(pair), max(pair), 1.0, 1.0, 1.0, 1.0, "same") for pair in both if pair[0] != pair[1]]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype({"score": float})


def _scored(block: pd.DataFrame, known: Mapping[str, Dated]) -> pd.DataFrame:
    """Return the pairs of one block that are alike enough; titles are compared last, for they cost most."""
    weights = {name: known[f"duplicate_{name}_weight"].value for name in ("title", "amount", "date")}
    review, same = known["duplicate_review"].value, known["duplicate_same"].value
    first, second = _candidates(block)
    amount = block["amount"].to_numpy(dtype=np.float64)
    days = block["start"].to_numpy(dtype="datetime64[D]").astype(np.float64)
    days[np.isnat(block["start"].to_numpy(dtype="datetime64[D]"))] = np.nan
    money = _closeness(
        np.abs(amount[first] - amount[second]), np.maximum(np.abs(amount[first]), np.abs(amount[second]))
    )
    when = np.nan_to_num(1 - np.minimum(1, np.abs(days[first] - days[second]) / YEAR), nan=0.0)
    rest = weights["amount"] * money + weights["date"] * when
    likely = rest + weights["title"] >= review
    first, second, money, when, rest = (each[likely] for each in (first, second, money, when, rest))
    titles = block["title"].astype(str).str.casefold().tolist()
    word = process.cpdist([titles[k] for k in first], [titles[k] for k in second], scorer=token_set_ratio) / 100
    score = rest + weights["title"] * word
    alike = score >= review - 1e-12
    names = block["id"].to_numpy(dtype=object)
    frame = pd.DataFrame({
        "first": names[first], "second": names[second], "score": score, "title_score": word, "amount_score": money,
        "date_score": when, "verdict": np.where(score >= same - 1e-12, "same", "review"),
    })[alike]  # fmt: skip
    swap = frame["first"] > frame["second"]
    frame.loc[swap, ["first", "second"]] = frame.loc[swap, ["second", "first"]].to_numpy()
    return pd.DataFrame(frame[list(PAIR_COLUMNS)])


def _candidates(block: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of pairs of different voices whose years lie at most one apart."""
    voice = (block["source"].astype(str) + "|" + block["reporter"].astype(str)).factorize()[0]
    year = block["year"].to_numpy(dtype=np.int64)
    order = np.argsort(year, kind="stable")
    ends = np.searchsorted(year[order], year[order] + 1, side="right")
    counts = ends - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), counts)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    right = left + 1 + np.arange(len(left)) - starts
    first, second = order[left], order[right]
    differ = voice[first] != voice[second]
    return first[differ], second[differ]


def _closeness(gap: NDArray[np.float64], larger: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 for equal amounts, 0 for amounts that have nothing in common or are unknown."""
    share = np.divide(gap, larger, out=np.ones_like(gap), where=larger > 0)
    return np.asarray(np.nan_to_num(1 - np.minimum(1, share), nan=0.0))


def _clustered(table: pd.DataFrame, pairs: pd.DataFrame, counts: Collection[str]) -> pd.DataFrame:
    """Return the clusters that pairs of verdict "same" make."""
    same = pairs[pairs["verdict"] == "same"]
    names = pd.Index(pd.unique(pd.concat([same["first"], same["second"]])))
    if names.empty:
        return pd.DataFrame({"id": [], "cluster": [], "is_primary": []})
    ends = (names.get_indexer(same["first"]), names.get_indexer(same["second"]))
    graph = coo_array((np.ones(len(same)), ends), shape=(len(names), len(names)))
    labels = connected_components(graph, directed=False)[1]
    rank = {name: place for place, name in enumerate(SOURCES)}
    source = table.drop_duplicates("id").set_index("id")["source"].reindex(names).map(rank).fillna(len(rank))
    rank_of = np.where(names.isin(list(counts)), -1, source.to_numpy())
    members = pd.DataFrame({"id": names, "cluster": labels, "rank": rank_of})
    members = members.sort_values(["cluster", "rank", "id"], kind="stable")
    members["is_primary"] = ~members["cluster"].duplicated()
    return members[["id", "cluster", "is_primary"]].reset_index(drop=True)
