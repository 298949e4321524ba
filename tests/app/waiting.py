"""Waiting for the app in a browser on its state, never on a time that would do."""

from __future__ import annotations

from playwright.sync_api import Page

# A gesture starts its run a moment later: the app is at rest when it has been so for a while [ms].
REST_MS = 400
_AT_REST = """rest => {
  const busy = document.querySelector("[data-testid='stApp']")?.dataset.testScriptState !== "notRunning";
  if (busy || window.restSince === undefined) window.restSince = busy ? undefined : performance.now();
  return window.restSince !== undefined && performance.now() - window.restSince >= rest;
}"""


def settled(page: Page) -> None:
    """Wait until no run of the page is under way, nor about to begin."""
    page.evaluate("() => { window.restSince = undefined; }")
    page.wait_for_function(_AT_REST, arg=REST_MS, polling=50, timeout=60_000)
