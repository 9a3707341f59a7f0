#!/usr/bin/env python3
"""The mission document's shape-based retrieval, with the standard library.

python3 shape_based_retrieval.py [http://localhost:8001]

The mission's example expects something to find in the fast tier; here it is stored and moved there first.
"""

from http_json import call

for key, values in (("window_1", [10, 20, 15, 25, 12]), ("window_2", [11, 19, 15, 24, 13]), ("window_3", [5, 5, 5, 30, 5])):
    call("POST", "/api/v1/store?wait=true", {"key": key, "data": {"values": values}})
    call("POST", "/api/v1/tier/migrate", {"key": key, "target_tier": "cxl_hot", "force": True})

# Find similar time series patterns
response = call(
    "POST",
    "/api/v1/query/shape",
    {
        "query_data": {"values": [10, 20, 15, 25, 12]},
        "k": 10,
        "distance_metric": "wasserstein",
        "filters": {"tier": "cxl_hot"},  # Search only in fast tier
    },
)
for result in response["results"]:
    print(f"{result['key']}: similarity {result['similarity_score']:.3f}, distance {result['distance']:g}, in {result['tier']}")
