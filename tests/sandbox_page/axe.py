"""axe-core in the page: what keeps people with a screen reader, a keyboard or poor sight from using it."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"


async def violations(page: Page, within: str = "html") -> list[str]:
    """Everything serious or critical that axe finds in what is on show, as lines that name the place."""
    # Not as a script element: the page's own policy, rightly, lets none in.
    await page.evaluate(f"window.axe === undefined && (() => {{ {AXE.read_text(encoding='utf-8')} }})()")
    await page.evaluate(
        "Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))"
    )
    found = await page.evaluate("where => axe.run(where, { resultTypes: ['violations'] })", within)
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]
