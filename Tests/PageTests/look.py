"""Opens pages in a browser at two widths, in light and dark, and prints what findings.js finds there."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Chromium's number of the colour scheme that a page is asked for.
SCHEMES = {"light": 1, "dark": 0}
WIDTHS = (1280, 640)
MOST_BYTES = 2_000_000


def look(browser, profile, page, width, scheme, *what):
    """Runs the browser once; its answer as text."""
    command = [
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", f"--window-size={width},800",
        f"--user-data-dir={profile}", *what, page.resolve().as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        sys.exit(f"{page}: the browser failed with status {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def findings(browser, folder, page, script, width, scheme):
    """What is wrong with one view of a page."""
    text = page.read_text(encoding="utf-8")
    if "</body>" not in text:
        return ["no </body>: the page is cut off"]
    probe = Path(folder, "probe.html")
    probe.write_text(
        text.replace("</body>", f'<script id="findings" data-scheme="{scheme}">{script}</script></body>'),
        encoding="utf-8")
    answer = look(browser, Path(folder, "profile"), probe, width, scheme, "--dump-dom")
    match = re.search(r"FINDINGS (\[.*?\])</pre>", answer, re.S)
    if not match:
        return ["the browser did not answer"]
    return json.loads(html.unescape(match.group(1)))


def main():
    browser, script, *names = sys.argv[1:]
    script = Path(script).read_text(encoding="utf-8")
    shots = os.environ.get("PAGES_SHOTS")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for page in map(Path, names):
            size = page.stat().st_size
            views = {f"{size} bytes": ["larger than 2,000,000 bytes"] if size > MOST_BYTES else []}
            for width, scheme in ((width, scheme) for width in WIDTHS for scheme in SCHEMES):
                views[f"{width} wide, {scheme}"] = findings(browser, folder, page, script, width, scheme)
                if shots:
                    picture = Path(shots, f"{page.stem}-{width}-{scheme}.png")
                    look(browser, Path(folder, "profile"), page, width, scheme, f"--screenshot={picture}")
            for view, found in views.items():
                for finding in found[:20]:
                    print(f"{page}: {view}: {finding}")
                if len(found) > 20:
                    print(f"{page}: {view}: and {len(found) - 20} more")
                wrong += len(found)
    print(f"{len(names)} pages, {wrong} findings")
    return 1 if wrong else 0


sys.exit(main())
