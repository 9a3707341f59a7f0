#!/usr/bin/env python3
"""The first example of the mission document up to its shape query, with the standard library.

python3 test_memory_service.py [http://localhost:8001]
"""

from http_json import call


def test_memory_service():
    # Store data with shape analysis
    result = call(
        "POST",
        "/api/v1/store",
        {
            "key": "sensor_123",
            "data": {"readings": [1, 2, 3, 2, 1], "timestamp": 123456},
            "enable_shape_analysis": True,
            "relationships": ["sensor_122", "sensor_124"],
        },
    )
    print(f"Stored in tier: {result['tier']}")
    print(f"Latency: {result['latency_ns']}ns")


test_memory_service()
