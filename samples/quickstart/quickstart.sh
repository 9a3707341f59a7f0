#!/bin/sh
# Loads the sample data, reads, moves and prefetches it, finds the like of a window by its shape, and prints the efficiency
# report. Needs curl.
#
#     ./quickstart.sh [http://localhost:8001]
#
# Ends with 1 when something is not as expected. Nothing is cleaned up: look at the objects afterwards.
set -eu

base="${1:-${AURA_MEMORY_URL:-http://localhost:8001}}/api/v1"
data="$(cd "$(dirname "$0")/../data" && pwd)"
key="activity:act-a09-0"

# call METHOD PATH [BODY]: prints the answer; a body of - is read from standard input.
call() {
    set -- "$1" "$2" "${3:-}"
    if [ -n "$3" ]; then
        curl -sS -X "$1" "$base$2" -H 'Content-Type: application/json' \
            ${AURA_MEMORY_API_KEY:+-H "X-API-Key: $AURA_MEMORY_API_KEY"} --data-binary "$( [ "$3" = - ] && echo @- || printf '%s' "$3" )"
    else
        curl -sS -X "$1" "$base$2" ${AURA_MEMORY_API_KEY:+-H "X-API-Key: $AURA_MEMORY_API_KEY"}
    fi
}

# expect TEXT PART WHAT: ends the script unless TEXT contains PART.
expect() {
    case "$1" in
        *"$2"*) ;;
        *) echo "FAILED: $3" >&2; echo "$1" | cut -c 1-500 >&2; exit 1 ;;
    esac
}

echo "1. Store everything in two requests"
for name in activities digits; do
    lines=$(wc -l < "$data/$name.ndjson" | tr -d ' ')
    answer=$( { printf '{"enable_shape_analysis":true,"items":['; paste -sd, "$data/$name.ndjson" | tr -d '\n'; printf ']}'; } | call POST "/bulk/store?wait=true" -)
    expect "$answer" "\"stored\":$lines,\"failed\":0" "all $lines lines of $name stored"
    echo "   $name: $lines stored"
done

echo "2. Read one back"
answer=$(call POST /retrieve "{\"key\":\"$key\",\"include_metadata\":true}")
expect "$answer" '"points":[[0.80032,0.43725,-0.16628]' "the data is what was stored"
expect "$answer" '"label":"a09"' "the metadata is what was stored"
echo "   $key: $(echo "$answer" | wc -c | tr -d ' ') bytes"

echo "3. Make the memory pool the fastest tier that holds it"
answer=$(call POST /tier/migrate "{\"key\":\"$key\",\"target_tier\":\"cxl_hot\",\"reason\":\"quickstart\",\"force\":true}")
expect "$answer" '"to_tier":"cxl_hot"' "the object is in cxl_hot"
echo "   $answer"

echo "4. Bring it and the windows that follow it into DRAM"
answer=$(call POST /prefetch "{\"keys\":[\"$key\"],\"target_tier\":\"dram\",\"recursive\":true,\"max_depth\":3}")
expect "$answer" '"activity:act-' "something was prefetched"
echo "   $answer"

echo "5. Find windows of the same shape: the points of one, as they are stored, are the query"
points=$(call GET "/objects/$key")
answer=$(call POST /query/shape "{\"query_data\":$points,\"k\":3}")
expect "$answer" "{\"key\":\"$key\"" "the window is most like itself"
expect "$answer" '"num_results":3' "two others are found"
echo "   $(echo "$answer" | grep -o '"similarity_score":[0-9.]*,"distance":[0-9.]*' | tr '\n' ' ')"
echo "   its persistence diagram: $base/objects/$key/shape?format=svg"

echo "6. The efficiency report"
answer=$(call GET /stats/efficiency)
expect "$answer" '"hit_ratio":' "the report has a hit ratio"
echo "   $answer"
