"""The live page in a real browser, by the real command: what a reader can do, and what may go wrong."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.accessibility import barriers
from tests.webapp.browser import CHROMIUM, SLOW, VIEWS, Tab, case_file, chromium, context, server, tab
from tests.webapp.live import LEVERS, Server

__all__ = ["case_file", "chromium", "context", "server", "tab"]

CHARTED = tuple(view for view in VIEWS if view not in ("claims", "sources"))
LEVER = f"lever.{LEVERS['brussels']}"
SHOW = "show=NATO/pressure"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


def serial(page: Page) -> int:
    """Return the number of the answer that is drawn."""
    return int(page.locator(".results").get_attribute("data-serial") or 0)


def wait_drawn(page: Page, after: int) -> None:
    """Wait for a later answer than that of a number."""
    page.wait_for_selector(f".results[data-serial]:not([data-serial='{after}']):not(.stale)", timeout=SLOW)


def first_line(page: Page) -> str:
    """Return the path of the middle line of the first fan."""
    drawn = page.locator(".results .panel[data-key='NATO/pressure'] .mark-line path").last
    return str(drawn.get_attribute("d"))


def test_the_what_if_opens_with_charts_key_figures_and_a_clean_console(tab: Tab) -> None:
    page = tab.open(f"/view/whatif?{SHOW}")
    page.wait_for_selector(".results .chart[data-drawn]")
    expect(page.locator(".strip dd").first).to_contain_text("baseline")
    assert page.locator(".results .panel[data-key='NATO/pressure'] svg").count() == 1
    assert tab.said == []
    assert tab.elsewhere == []


def test_a_deep_link_restores_every_control(tab: Tab, server: Server) -> None:
    query = (
        f"scenario=oil_stop&event.midterms=off&{LEVER}=1.5&shift.pressure.NATO=-0.1&rule.eu_sanctions=simple_majority"
        f"&until=2029&draws=300&seed=7&{SHOW}"
    )
    page = tab.open(f"/view/whatif?{query}")
    assert page.locator("[id='c-scenario-oil_stop']").is_checked()
    assert page.locator(f"[id='c-{LEVER}']").input_value() == "1.5"
    assert page.locator("[id='c-event.midterms']").input_value() == "off"
    assert page.locator("[id='c-shift.pressure.NATO']").input_value() == "-0.1"
    assert page.locator("[id='c-rule.eu_sanctions']").input_value() == "simple_majority"
    assert page.locator("[id='c-until']").input_value() == "2029"
    assert page.locator("[id='c-draws']").input_value() == "300"
    assert page.locator("[id='c-seed']").input_value() == "7"
    assert page.locator(".results .panel[data-key*='/']").count() == 1
    page.wait_for_timeout(600)
    assert page.url == f"{server.address}/view/whatif?{query}"
    twin = page.request.get(server.address + str(page.locator("a.json").get_attribute("href"))).json()
    assert twin["request"]["query"] == query


def test_a_slider_redraws_while_it_moves_and_the_address_follows(tab: Tab) -> None:
    page = tab.open(f"/view/whatif?draws=300&{SHOW}")
    page.wait_for_selector(".results .chart[data-drawn]")
    before, drawn = first_line(page), serial(page)
    slider = page.locator("[id='c-until']")
    page.locator("summary", has_text="Window and draws").click()
    slider.evaluate(
        "(input) => { input.value = 2028; input.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    wait_drawn(page, drawn)
    assert first_line(page) != before
    assert "until" not in page.url
    slider.dispatch_event("change")
    page.wait_for_url(re.compile("until=2028"))
    page.go_back()
    expect(page.locator("[id='c-until']")).to_have_value("2031")
    assert tab.said == []


def test_of_many_moves_the_newest_is_drawn_last(tab: Tab) -> None:
    page = tab.open(f"/view/whatif?draws=300&{SHOW}")
    page.locator("summary", has_text="What Brussels can do").click()
    page.locator(f"[id='c-{LEVER}']").evaluate(
        """(input) => { for (let step = 1; step <= 20; step += 1) {
             input.value = step / 10; input.dispatchEvent(new Event('input', {bubbles: true}));
           } input.dispatchEvent(new Event('change', {bubbles: true})); }"""
    )
    with page.expect_response(lambda answer: f"{LEVER}=2&" in answer.url and answer.ok) as last:
        pass
    wait_drawn(page, 1)
    assert serial(page) == last.value.json()["serial"]
    assert serial(page) < 20


def test_wrong_numbers_are_named_beside_their_controls(tab: Tab) -> None:
    right = {"draws": "500", LEVER: "1", "until": "2029", "seed": "1"}
    page = tab.open(f"/view/whatif?draws=7&{LEVER}=9&until=1900&seed=many&{SHOW}")
    for name, value in right.items():
        control = page.locator(f".control[data-name='{name}']")
        expect(control.locator(".problem")).to_be_visible()
        assert control.locator("input").get_attribute("aria-invalid") == "true"
        control.locator("input").fill(value)
        control.locator("input").dispatch_event("change")
    page.wait_for_selector(".results[data-serial]", timeout=SLOW)
    expect(page.locator(".problem")).to_have_count(0)


def test_a_parameter_that_there_is_not_can_be_taken_out(tab: Tab) -> None:
    page = tab.open("/view/whatif?lever.magic=1&draws=300")
    expect(page.locator(".results .problems")).to_contain_text("magic")
    page.get_by_role("button", name="Take out lever.magic").click()
    page.wait_for_selector(".results[data-serial]")
    expect(page.locator(".results .problems")).to_have_count(0)


def test_a_long_run_tells_how_far_it_is_and_can_be_cancelled(tab: Tab) -> None:
    page = tab.open(f"/view/whatif?{SHOW}&draws=300")
    page.locator("summary", has_text="Window and draws").click()
    drawn = serial(page)
    page.locator("[id='c-seed']").fill("5")
    page.locator("[id='c-draws']").fill("20000")
    page.locator("[id='c-draws']").dispatch_event("change")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".progress")).to_contain_text("cancelled")
    assert serial(page) <= drawn + 1
    page.locator("[id='c-draws']").fill("2500")
    page.locator("[id='c-draws']").dispatch_event("change")
    expect(page.locator(".progress")).to_contain_text("2,500 futures in", timeout=SLOW)


def test_the_patch_can_be_copied_and_what_cannot_be_is_said(context: BrowserContext, tab: Tab) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tab.open(f"/view/whatif?{LEVER}=1&draws=300")
    page.get_by_role("button", name="Copy as case patch").click()
    expect(page.locator("dialog pre")).to_contain_text("baseline:")
    assert "diversify" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Back to the baseline").click()
    page.get_by_role("button", name="Copy as case patch").click()
    expect(page.locator("dialog .problems")).to_contain_text("nothing is otherwise")


def test_the_page_can_be_used_by_keyboard_alone(tab: Tab) -> None:
    page = tab.open(f"/view/whatif?draws=300&{SHOW}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("What Brussels can do"):
            break
    drawn = serial(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == f"c-{LEVER}"
    page.keyboard.press("ArrowRight")
    wait_drawn(page, drawn)
    page.wait_for_url(re.compile(re.escape(f"{LEVER}=0.1")))
    assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "× 0.1"
    expect(page.locator("#said")).to_contain_text("baseline")


def test_two_tabs_do_not_take_each_others_turns(context: BrowserContext, tab: Tab, server: Server) -> None:
    other = Tab(context.new_page(), server).listen()
    pages = tab.open(f"/view/whatif?draws=300&{SHOW}"), other.open(f"/view/whatif?draws=400&{SHOW}")
    for page in pages:
        page.locator("summary", has_text="Window and draws").click()
        page.locator("[id='c-until']").evaluate(
            "(input) => { input.value = 2029; input.dispatchEvent(new Event('change')); }"
        )
    for page, draws in zip(pages, (300, 400), strict=True):
        page.wait_for_url(re.compile("until=2029"))
        expect(page.locator(".progress")).to_contain_text(f"{draws} futures")
    assert tab.said == other.said == []


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_without_a_complaint_a_stranger_or_a_barrier(tab: Tab, view: str) -> None:
    page = tab.open(f"/view/{view}")
    if view in CHARTED:
        page.locator(".chart").first.scroll_into_view_if_needed()
        page.wait_for_selector(".chart[data-drawn] svg")
    else:
        page.wait_for_selector("main table")
    assert page.locator("nav a[aria-current=page]").get_attribute("data-view") == view
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert barriers(page) == []
    assert tab.said == []
    assert tab.elsewhere == []


@pytest.mark.parametrize("view", ["whatif", "stance"])
def test_on_a_dark_phone_nothing_is_too_wide_or_too_faint(
    chromium: Browser, server: Server, view: str
) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as phone:
        tab = Tab(phone.new_page(), server).listen()
        page = tab.open(f"/view/{view}")
        page.wait_for_selector(".chart[data-drawn] svg")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert barriers(page) == []
        assert "rgb(20, 24, 29)" in page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert tab.said == []


def test_links_lead_through_the_views_and_back(tab: Tab) -> None:
    page = tab.open("/view/unity")
    page.get_by_role("link", name="Dependence").click()
    page.wait_for_selector("#dependence")
    assert page.evaluate("document.activeElement.id") == "heading"
    page.locator("sup.mark a").first.click()
    assert page.locator("#numbers[open] .ledger .aim").count() == 1
    page.go_back()
    page.wait_for_selector("#unity")
    assert page.title().startswith("Unity")


def test_at_the_forums_table_an_expectation_follows_who_is_moved(tab: Tab, server: Server) -> None:
    page = tab.open("/view/forum?meeting=munich_2026&item=pressure&observer=HUN&seen.DEU=0.1")
    assert page.locator("#seen-DEU").input_value() == "0.1"
    before = page.locator(".expects").inner_text()
    assert before.startswith("Hungary expects 0.")
    page.locator("#seen-USA").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert page.locator(".expects").inner_text() != before
    page.wait_for_url(re.compile(r"seen\.DEU=0\.1&seen\.USA=0\."))
    twin = page.request.get(server.address + str(page.locator("a.json").get_attribute("href"))).json()
    now = str(twin["asked"]["expectation"])[:4]
    assert page.locator(".expects").inner_text().startswith(f"Hungary expects {now}")
    page.get_by_role("button", name="Copy as case patch").click()
    expect(page.locator("dialog pre")).to_contain_text("DEU: 0.1", timeout=SLOW)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="As the case has it").click()
    assert page.locator(".seats .changed").count() == 0
    assert tab.said == []


def test_chart_and_numbers_can_be_saved(tab: Tab) -> None:
    page = tab.open("/view/dependence")
    figure = page.locator("figure#dependence, #dependence figure").first
    figure.locator("summary", has_text="Download").click()
    for kind, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"")):
        with page.expect_download() as saved:
            figure.get_by_role("button", name=re.compile(f"as {kind}$")).first.click()
        content = Path(saved.value.path()).read_bytes()
        assert content.startswith(begins)
        assert len(content) > 500
    with page.expect_download() as saved:
        page.get_by_role("link", name="All tables (CSV)").click()
    assert saved.value.suggested_filename.endswith(".zip")


def test_a_case_with_problems_is_told_in_place_and_a_good_one_opens(
    tab: Tab, case_file: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("detente: 1\ntitle: Nothing else\nblok: {}\n", encoding="utf-8")
    page = tab.open("/view/unity")
    page.get_by_role("button", name="Another case").click()
    page.get_by_label("Case file").set_input_files(wrong)
    page.get_by_role("button", name="Check and open").click()
    expect(page.locator("dialog .problems")).to_contain_text("blok")
    good = tmp_path / "good.yaml"
    good.write_text(
        case_file.read_text(encoding="utf-8").replace("The Atlantic alliance", "A case of mine"),
        encoding="utf-8",
    )
    page.get_by_label("Case file").set_input_files(good)
    page.get_by_role("button", name="Check and open").click()
    page.wait_for_url(re.compile("session="))
    expect(page.locator("h1")).to_contain_text("A case of mine")
    page.get_by_role("link", name="Sources").click()
    page.wait_for_url(re.compile(r"/view/sources\?session="))


def test_tables_that_come_with_a_case_are_accounted_for_before_it_opens(tab: Tab, tmp_path: Path) -> None:
    (tmp_path / "coal.csv").write_text("who,whom,year,share\nDEU,RUS,2018,55\nXQX,RUS,2018,1\n", "utf-8")
    mapping = """\
table: ties
columns: {actor: who, target: whom, date: year, value: share}
constants: {kind: coal_share, unit: percent}
ignore: [XQX]
source: {title: Coal bought, citation: Invented, licence: CC0}
"""
    (tmp_path / "coal.yaml").write_text(mapping, "utf-8")
    page = tab.open("/view/sources")
    page.get_by_role("button", name="Another case").click()
    page.get_by_role("button", name="Check and open").click()
    expect(page.locator("dialog .problems")).to_contain_text("none is chosen")
    page.get_by_label("Tables and their mappings").set_input_files(tmp_path / "coal.csv")
    page.get_by_role("button", name="Check and open").click()
    expect(page.locator("dialog .problems")).to_contain_text("choose coal.yaml as well")
    page.get_by_label("Tables and their mappings").set_input_files(
        [tmp_path / "coal.csv", tmp_path / "coal.yaml"]
    )
    page.get_by_role("button", name="Check and open").click()
    expect(page.locator("dialog")).to_contain_text("Coal bought: 1 row used, 1 row not: XQX", timeout=SLOW)
    page.get_by_role("link", name="Open the case with its tables").click()
    page.wait_for_url(re.compile("session="))
    assert [line for line in tab.said if "422" not in line] == []


def test_the_game_is_seen_from_either_side_and_its_address_restores_it(tab: Tab) -> None:
    page = tab.open("/view/strategies")
    expect(page.locator(".game .expects")).to_contain_text("Least to regret")
    cells = page.locator(".matrix tbody td").all_inner_texts()
    page.get_by_label("In the cells").select_option("points")
    assert page.locator(".matrix tbody td").all_inner_texts() != cells
    page.get_by_label("Seen from").select_option("brussels")
    expect(page.locator(".matrix caption")).to_contain_text("Brussels against")
    page.wait_for_url(re.compile("player=brussels&cells=points"))
    cells = page.locator(".matrix tbody td").all_inner_texts()
    page.reload()
    expect(page.locator(".matrix caption")).to_contain_text("Brussels against")
    assert page.locator(".matrix tbody td").all_inner_texts() == cells
    assert tab.said == []


def test_what_is_loaded_for_the_first_chart_is_light(tab: Tab) -> None:
    sizes: list[int] = []
    tab.page.on(
        "response", lambda answer: sizes.append(len(answer.body())) if "/api/" not in answer.url else None
    )
    page = tab.open(f"/view/whatif?{SHOW}")
    page.wait_for_selector(".chart[data-drawn]")
    assert 0 < sum(sizes) < 1_500_000


def test_a_server_that_is_killed_is_missed_and_found_again(tab: Tab, server: Server) -> None:
    page = tab.open(f"/view/whatif?draws=300&{SHOW}")
    page.locator("summary", has_text="Window and draws").click()
    page.locator("[id='c-until']").focus()
    page.evaluate("scrollTo(0, 300)")
    server.stop(signal.SIGKILL)
    page.locator("[id='c-until']").evaluate(
        "(input) => { input.value = 2028; input.dispatchEvent(new Event('change')); }"
    )
    expect(page.locator("#server")).to_contain_text("does not answer")
    assert page.locator(".results .chart svg").count() > 0
    server.start()
    expect(page.locator("#server")).to_be_empty(timeout=SLOW)
    expect(page.locator("[id='c-until']")).to_have_value("2028", timeout=SLOW)
    page.wait_for_selector(".results[data-serial]", timeout=SLOW)
    page.wait_for_function("document.activeElement.id === 'c-until' && scrollY === 300")
    assert page.locator("details[open] [id='c-until']").count() == 1
    assert json.loads(page.request.get(f"{server.address}/api/token").text())["csrf"] == page.locator(
        "html"
    ).get_attribute("data-token")
