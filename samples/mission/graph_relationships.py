#!/usr/bin/env python3
"""The mission document's graph query, with the standard library.

python3 graph_relationships.py [http://localhost:8001]

The mission's example expects its objects to exist; here they are stored first, and one is brought into cxl_hot.
"""

from http_json import call

for key, relationships in (("sensor_121", []), ("sensor_122", ["sensor_121"]), ("sensor_123", ["sensor_122"])):
    call("POST", "/api/v1/store", {"key": key, "data": {"name": key}, "relationships": relationships})
call("POST", "/api/v1/tier/migrate", {"key": "sensor_121", "target_tier": "cxl_hot"})

# Query using Neo4j Cypher
response = call(
    "POST",
    "/api/v1/query/graph",
    {
        "cypher_query": """
        MATCH (n:MemoryNode {key: 'sensor_123'})-[:RELATED_TO*1..3]-(m)
        WHERE m.tier = 'cxl_hot'
        RETURN m.key, m.data
    """,
        "max_hops": 3,
    },
)
for row in response["results"]:
    print(f"{row['m.key']}: {row['m.data']}")
print(f"{response['nodes_visited']} nodes visited, {response['relationships_traversed']} relationships walked")
