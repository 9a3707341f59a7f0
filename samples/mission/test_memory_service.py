#!/usr/bin/env python3
"""The first example of the mission document, whole, with the standard library.

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

    # Query by shape similarity
    similar = call(
        "POST",
        "/api/v1/query/shape",
        {
            "query_data": {"pattern": [1, 3, 2, 3, 1]},
            "k": 5,
        },
    )
    print(f"Found {similar['num_results']} similar patterns")


test_memory_service()
