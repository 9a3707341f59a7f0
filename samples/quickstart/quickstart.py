#!/usr/bin/env python3
"""Loads the sample data, reads, moves and prefetches it, finds the like of a window by its shape, and prints the
efficiency report. Standard library only.

    python3 quickstart.py [http://localhost:8001]

Ends with 1 when something is not as expected. Nothing is cleaned up: look at the objects afterwards.
"""

import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

BASE = (sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AURA_MEMORY_URL", "http://localhost:8001")).rstrip("/")
DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


def call(method, path, body=None):
    request = urllib.request.Request(
        BASE + "/api/v1" + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    if "AURA_MEMORY_API_KEY" in os.environ:
        request.add_header("X-API-Key", os.environ["AURA_MEMORY_API_KEY"])
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def main():
    # 1. Store everything in two requests.
    loaded = {}
    for name in ("activities.ndjson", "digits.ndjson"):
        with open(DATA / name, encoding="utf-8") as lines:
            items = [json.loads(line) for line in lines]
        loaded.update((item["key"], item) for item in items)
        answer = call("POST", "/bulk/store?wait=true", {"items": items, "enable_shape_analysis": True})
        print(f"{name}: {answer['stored']} stored, {answer['failed']} failed, {answer['duration_us']} us")
        expect(answer["stored"] == len(items) and answer["failed"] == 0, f"all of {name} stored")

    # 2. Read one back.
    key = "activity:act-a09-0"
    read = call("POST", "/retrieve", {"key": key, "include_metadata": True})
    print(f"{key}: read from {read['tier']} in {read['latency_ns']} ns, label {read['metadata']['label']}")
    expect(read["data"] == loaded[key]["data"], "the data is what was stored")
    expect(read["metadata"] == loaded[key]["metadata"], "the metadata is what was stored")

    # 3. Make the memory pool the fastest tier that holds it.
    moved = call("POST", "/tier/migrate", {"key": key, "target_tier": "cxl_hot", "reason": "quickstart", "force": True})
    print(f"{key}: {moved['from_tier']} -> {moved['to_tier']}, {moved['status']}, {moved['duration_us']} us")
    expect(moved["to_tier"] == "cxl_hot", "the object is in cxl_hot")

    # 4. Bring it and the windows that follow it into DRAM.
    fetched = call(
        "POST", "/prefetch", {"keys": [key], "target_tier": "dram", "recursive": True, "max_depth": 3})
    print(f"prefetched {len(fetched['prefetched_keys'])} keys, {fetched['related_keys_found']} of them related")
    expect(fetched["related_keys_found"] >= 3, "three windows follow the first")

    # 5. Find windows of the same shape, and what label they have.
    found = call("POST", "/query/shape", {"query_data": loaded[key]["data"], "k": 3})
    for result in found["results"]:
        label = loaded[result["key"]]["metadata"]["label"]
        print(f"like {key}: {result['key']} ({label}), similarity {result['similarity_score']:.3f}")
    expect(found["results"][0]["key"] == key, "the window is most like itself")
    expect(found["num_results"] == 3, "two others are found")

    # 6. What it costs and how well it works.
    stats = call("GET", "/stats/efficiency")
    print(f"Hit ratio: {stats['hit_ratio']:.2%}")
    print(f"Average latency: {stats['average_latency_ns']} ns")
    print(f"Effective bandwidth: {stats['effective_bandwidth_gbps']} GB/s")
    print(f"Cost per GB: ${stats['cost_per_gb_effective']:.2f}")
    expect(stats["total_accesses"] > 0, "accesses are counted")


try:
    main()
except urllib.error.HTTPError as error:
    sys.exit(f"FAILED: {error.code} {error.read().decode(errors='replace')}")
except (urllib.error.URLError, KeyError) as error:
    sys.exit(f"FAILED: {BASE}: {error!r}")
