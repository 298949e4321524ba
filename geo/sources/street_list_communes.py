"""The communes of a street list in the codes of an address base: lists write them by code, name or postal code."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo.sources.names import plain


def communes_as_in(rows: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a list with the codes of the communes that the address base uses.

    Parameters
    ----------
    rows
        Rows of a list, column ``insee``: a code, a postal code or a name.
    addresses
        Columns ``insee, commune, postcode``, empty where not known.

    Notes
    -----
    A list that has codes of the base has codes; else all of them are names, or all of them postal codes. A postal code
    or a name of several communes stays as it is: nothing tells which is meant.
    """
    said = sorted(set(rows["insee"]) - {""})
    base = pd.DataFrame({name: addresses[name] for name in ("insee", "commune", "postcode")}).drop_duplicates()
    codes = set(base["insee"]) - {""}
    if not said or not codes or set(said) & codes:
        return rows
    meant = _single(said, base["insee"], base["postcode"]) or _single(said, base["insee"], base["commune"].map(plain))
    if not meant and len(said) == len(codes) == 1 and not said[0][:1].isdigit():
        meant = {said[0]: next(iter(codes))}
    return rows.assign(insee=rows["insee"].map(lambda one: meant.get(one, one)))


def _single(said: list[str], codes: pd.Series, others: pd.Series) -> Mapping[str, str]:
    """Give the code of each commune that is called by a name or postal code of no other one."""
    pairs = pd.DataFrame({"other": others, "code": codes})
    pairs = pairs[(pairs["other"] != "") & (pairs["code"] != "")].drop_duplicates()
    alone = pairs[~pairs["other"].duplicated(keep=False)].set_index("other")["code"].to_dict()
    return {one: alone[plain(one)] for one in said if plain(one) in alone}
