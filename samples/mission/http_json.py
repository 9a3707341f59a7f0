"""The few lines of HTTP the mission's examples need, from the standard library."""

import json
import os
import sys
import urllib.error
import urllib.request

BASE = (sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AURA_MEMORY_URL", "http://localhost:8001")).rstrip("/")


def call(method, path, body=None):
    """Sends JSON, returns JSON; ends the program with what the service said when it refuses."""
    request = urllib.request.Request(
        BASE + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    if "AURA_MEMORY_API_KEY" in os.environ:
        request.add_header("X-API-Key", os.environ["AURA_MEMORY_API_KEY"])
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"FAILED: {method} {path}: {error.code} {error.read().decode(errors='replace')}")
    except urllib.error.URLError as error:
        sys.exit(f"FAILED: {BASE}: {error.reason}")
