"""The walk of one address: to the school of its sector, and to the nearest one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import computed
import geopandas as gpd
import streamlit as st
from views.frame import prose
from views.list_search import address_boxes
from visits import Visit

from geo.council.catchments import home_name, home_sentences, speed_text
from geo.council.words import say
from geo.planning.applying import schools_under
from geo.planning.catchments import NOWHERE, Catchments
from geo.planning.listing import nearest_address
from geo.territory.walking.routes import Route


@dataclass(frozen=True)
class Found:
    """An address that is looked at: where it is, and its walks, that to the school of the sector first."""

    place: gpd.GeoSeries
    walks: Mapping[str, Route | None]


def walk_panel(visit: Visit, found: Catchments) -> Found | None:
    """Draw the boxes for street and number and the answer; give what the map draws of it."""
    lang, city = visit.lang, visit.city
    st.header(say("app.catchments.one", lang), anchor=False)
    home = address_boxes(visit)
    if home is None:
        st.caption(prose(say("app.catchments.one_help", lang)))
        return None
    address, exact = nearest_address(city, home)
    if not address:
        st.warning(prose(say("app.catchments.no_address", lang)))
        return None
    row, names = found.homes.loc[address], schools_under(city, found.scenario)["name"]
    told = home_sentences(row, names, scenario=found.scenario, lang=lang)
    if not exact:
        told.append(say("app.catchments.measured_from", lang, home=home_name(city, address)))
    heading = f"**{prose(home_name(city, address))}**"
    st.success("  \n".join([heading, *map(prose, told)]))
    st.caption(prose(f"{say('app.catchments.help.walks', lang)} {speed_text(found.scenario, lang)}"))
    ends = [school for school in dict.fromkeys((row["school_id"], row["nearest_id"])) if school != NOWHERE]
    walks = {school: computed.walk_of(visit, found, address, school_id=school) for school in ends}
    return Found(city.layer("addresses").geometry.loc[[address]], walks)
