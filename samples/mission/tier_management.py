#!/usr/bin/env python3
"""The mission document's tier management, with the standard library.

python3 tier_management.py [http://localhost:8001]

The mission's example expects its objects to exist; here they are stored first.
"""

from http_json import call

for key in ("critical_data", "data_1", "data_2", "data_3"):
    call("POST", "/api/v1/store", {"key": key, "data": {"name": key}})

# Manually promote hot data
response = call(
    "POST",
    "/api/v1/tier/migrate",
    {"key": "critical_data", "target_tier": "cxl_hot", "reason": "Performance critical"},
)
print(f"{response['key']}: {response['from_tier']} -> {response['to_tier']} ({response['status']})")

# Bulk prefetch
response = call(
    "POST",
    "/api/v1/prefetch",
    {"keys": ["data_1", "data_2", "data_3"], "target_tier": "l3_cache", "recursive": True},
)
print(f"Prefetched: {', '.join(response['prefetched_keys'])}")
