#!/usr/bin/env python3
"""The mission document's performance monitoring, with the standard library.

python3 performance_monitoring.py [http://localhost:8001]
"""

from http_json import call

# Get efficiency report
stats = call("GET", "/api/v1/stats/efficiency")

print(f"Hit Ratio: {stats['hit_ratio']:.2%}")
print(f"Avg Latency: {stats['average_latency_ns']}ns")
print(f"Effective Bandwidth: {stats['effective_bandwidth_gbps']}GB/s")
print(f"Cost per GB: ${stats['cost_per_gb_effective']:.2f}")
