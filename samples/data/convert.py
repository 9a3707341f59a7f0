#!/usr/bin/env python3
"""Turns labelled shapes (JSON lines) into the format `aura-memory import` reads.

    convert.py activities points_activities.jsonl > activities.ndjson
    convert.py digits     images_digits8x8.jsonl  > digits.ndjson

Activities: {"id", "label", "points"}; every window points at the next one of the same activity.
Digits:     {"id", "label", "width", "height", "pixels"}.
"""

import json
import sys

ACTIVITIES_SOURCE = "UCI Daily and Sports Activities, CC BY 4.0"
DIGITS_SOURCE = "UCI Optical Recognition of Handwritten Digits, CC BY 4.0"


def activities(records):
    following = {}
    newest = {}
    for record in records:
        if record["label"] in newest:
            following[newest[record["label"]]] = record["id"]
        newest[record["label"]] = record["id"]
    for record in records:
        line = {
            "key": "activity:" + record["id"],
            "data": {"points": record["points"]},
            "metadata": {"label": record["label"], "sensor": "left leg accelerometer", "source": ACTIVITIES_SOURCE},
        }
        if record["id"] in following:
            line["relationships"] = [{"key": "activity:" + following[record["id"]], "type": "NEXT", "weight": 1}]
        yield line


def digits(records):
    for record in records:
        yield {
            "key": "digit:" + record["id"].removeprefix("digit-"),
            "data": {"width": record["width"], "height": record["height"], "pixels": record["pixels"]},
            "metadata": {"label": record["label"], "source": DIGITS_SOURCE},
        }


def main():
    kinds = {"activities": activities, "digits": digits}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as source:
        records = [json.loads(line) for line in source if line.strip()]
    for line in kinds[sys.argv[1]](records):
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


main()
