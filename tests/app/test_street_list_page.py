"""The page *Liste des rues*: the school of the resolver, the articles of what was moved, any list checked."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.words import Lang, metres, say
from geo.model.city import City
from geo.model.levels import Level
from geo.territory.annex.resolving import resolve

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
ADDRESS = "00123_0010_00003"


def texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.error]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def table(app: AppTest, *columns: str) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if set(columns) <= set(one.value))


def ask(app: AppTest, street: str, number: str) -> AppTest:
    app.selectbox(key="list_street").set_value(street)
    app.text_input(key="list_number").set_value(number).run()
    assert not app.exception
    return app


def move(app: AppTest, city: City) -> tuple[str, str]:
    """Move the side of street of the asked address to another school, and give the schools before and after."""
    unit = city.tables["addresses"]["unit_id"].loc[ADDRESS]
    (before,) = city.current[Level.ELEMENTARY].schools_of[unit]
    after = next(str(one) for one in city.schools_of(Level.ELEMENTARY).index if one != before)
    app.multiselect(key="picked").set_value([unit])
    app.selectbox(key="target").set_value(after).run()
    app.button(key="send").click().run()
    return before, after


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_search_gives_the_school_of_the_resolver_with_row_and_walk(start: Start, city: City, lang: Lang) -> None:
    app = ask(start("street_list", lang=lang, level="elementary"), "00123_0010", "3")
    (school,) = resolve(city.tables["addresses"], city.tables["street_list"], Level.ELEMENTARY)[ADDRESS]
    name = city.tables["schools"]["name"][school]
    told = texts(app)
    assert f"{say('app.list.answer.today', lang)} · {name}" in told
    assert metres(city.walk_m.loc[ADDRESS, school], lang) in told
    row = say("list.row", lang, street="Grande-Rue", span=say("street_list.span.whole", lang), school=name)
    assert say("app.list.answer.row", lang, row=row) in told


def test_a_house_that_is_not_built_yet_has_a_school_and_says_from_where_the_walk_is_measured(start: Start) -> None:
    told = texts(ask(start("street_list", level="elementary"), "00123_0010", "5 ter"))
    assert say("app.list.answer.measured_from", "fr", number="5") in told


def test_what_is_no_number_is_answered_in_words(start: Start) -> None:
    told = texts(ask(start("street_list", level="elementary"), "00123_0010", "douze"))
    assert say("app.list.bad_number", "fr", text="douze") in told


def test_the_list_in_force_stands_as_the_city_wrote_it(start: Start, city: City) -> None:
    rows = city.tables["street_list"]
    app = start("street_list", level="college")
    assert len(table(app, "span", "priority")) == int((rows["level"] == Level.COLLEGE).sum())
    school = str(rows.loc[rows["level"] == Level.COLLEGE, "school_id"].iloc[0])
    app.selectbox(key="list_school").set_value(school).run()
    shown = table(app, "span", "priority")
    assert set(shown["school"]) == {city.tables["schools"]["name"][school]}
    assert len(shown) == int(((rows["level"] == Level.COLLEGE) & (rows["school_id"] == school)).sum())


def test_the_articles_say_what_was_moved_on_both_pages(start: Start, city: City) -> None:
    app = start("revise", level="elementary")
    app.button_group(key="way").set_value("app.list.title").run()
    assert say("app.list.changes.nothing", "fr") in texts(app)
    before, after = move(app, city)
    names = city.tables["schools"]["name"]
    heading = f"Sont transférés de « {names[before]} » à « {names[after]} »"
    assert heading in texts(app)
    assert "Grande-Rue, côté impair" in texts(app)
    app.switch_page("views/street_list.py").run()
    assert heading in texts(app)
    changed = table(app, "before", "after")
    assert changed[["before", "after"]].drop_duplicates().to_numpy().tolist() == [[names[before], names[after]]]
    assert set(changed["street"]) == {"Grande-Rue"}
    ask(app, "00123_0010", "3")
    assert f"Aujourd’hui · {names[before]}" in texts(app)
    assert f"» · {names[after]}" in texts(app)


def test_a_street_that_schools_share_has_rows_of_both_in_the_proposed_list(start: Start, city: City) -> None:
    app = start("revise", level="elementary")
    before, after = move(app, city)
    app.switch_page("views/street_list.py").run()
    app.button_group(key="list_which").set_value("proposed").run()
    names = city.tables["schools"]["name"]
    rows = table(app, "span", "priority")
    own = rows[rows["street"] == "Grande-Rue"]
    assert set(own["school"]) == {names[before], names[after]}
    assert any(span.startswith("côté impair, ") for span in own["span"])


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="list_upload").upload(name, content, "text/csv").run()
    assert not app.exception
    return app


def test_the_citys_own_list_is_found_without_fault(start: Start, city: City) -> None:
    rows = city.tables["street_list"].to_csv(index=False).encode()
    app = upload(start("street_list", level="elementary"), "liste.csv", rows)
    assert say("annex.ready", "fr") in texts(app)
    counts = dict(table(app, "compté").itertuples(index=False, name=None))
    assert counts["… sans école"] == "0"
    assert say("app.list.audit.map_none", "fr") in texts(app)


def test_a_missing_street_and_a_wrong_school_are_found_and_their_addresses_listed(start: Start, city: City) -> None:
    rows = city.tables["street_list"]
    rows = rows[rows["level"] == Level.ELEMENTARY].reset_index(drop=True)
    gone, wrong = rows["street_id"].iloc[0], rows["street_id"].iloc[3]
    kept = rows[rows["street_id"] != gone]
    other = next(school for school in rows["school_id"] if school != rows["school_id"].iloc[3])
    kept = kept.assign(school_id=kept["school_id"].mask(kept["street_id"] == wrong, other))
    app = upload(start("street_list", level="elementary"), "liste.csv", kept.to_csv(index=False).encode())
    found = table(app, "mend")
    assert found["blocks"].iloc[0] == "oui"
    assert rows["street_name"].iloc[0] in set(found.loc[found["blocks"] == "oui", "street"])
    addresses = city.tables["addresses"]
    homes = table(app, "why")
    assert homes["why"].to_list().count(say("list.audit.unresolved", "fr")) == int(
        (addresses["street_id"] == gone).sum()
    )
    assert say("list.audit.disagrees", "fr") in set(homes["why"])


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00binary\x00", b"a;b\n1;2\n", b""])
def test_a_bad_file_is_answered_in_words(start: Start, lang: Lang, content: bytes) -> None:
    app = upload(start("street_list", lang=lang, level="elementary"), "liste.csv", content)
    (error,) = [str(box.value) for box in app.error]
    assert error.startswith(say("app.list.audit.refused", lang))
    assert "Traceback" not in error
    assert len(error) > len(say("app.list.audit.refused", lang)) + 20


def test_a_list_of_another_level_is_compared_with_the_sectors_of_its_own(start: Start, city: City) -> None:
    rows = city.tables["street_list"]
    rows = rows[rows["level"] == Level.ELEMENTARY].to_csv(index=False).encode()
    app = upload(start("street_list", level="nursery"), "liste.csv", rows)
    counts = dict(table(app, "compté").itertuples(index=False, name=None))
    assert counts["… où la liste et le dessin des secteurs se contredisent"] == "0"
    assert say("annex.ready", "fr") in texts(app)
