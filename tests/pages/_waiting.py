"""Waiting for what a script says of a page, in plain steps.

Playwright's own `wait_for_function` needs eval as soon as it asks twice, which the content-security policy forbids.
"""

from playwright.sync_api import Page

STEPS, STEP_MS = 400, 50


def until(page: Page, script: str) -> None:
    """Wait until a script says true."""
    for _ in range(STEPS):
        if page.evaluate(script):
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(f"never true: {script}")
