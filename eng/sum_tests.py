"""Adds up the reports of a test run: sum_tests.py FOLDER EXIT_CODE PROJECT...

Prints the sum of each project and ends with the line "N passed, N failed, N skipped". Exit code 0 only when the test command
ended with 0, nothing failed, and every project ran at least one test that was not skipped.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

NAMESPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def read(report):
    """Project name, passed, failed, skipped of one report."""
    root = xml.parse(report).getroot()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for result in root.iter(NAMESPACE + "UnitTestResult"):
        outcome = result.get("outcome")
        counts["passed" if outcome == "Passed" else "skipped" if outcome == "NotExecuted" else "failed"] += 1
    assembly = next((test.get("storage") for test in root.iter(NAMESPACE + "UnitTest")), "")
    return re.split(r"[\\/]", assembly)[-1].removesuffix(".dll").lower(), counts


def main():
    folder, exit_code = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    wanted = [pathlib.Path(project).stem for project in sys.argv[3:]]
    total = {"passed": 0, "failed": 0, "skipped": 0}
    by_project = {}
    for report in sorted(folder.glob("*.trx")):
        name, counts = read(report)
        mine = by_project.setdefault(name, dict.fromkeys(total, 0))
        for kind, count in counts.items():
            mine[kind] += count
            total[kind] += count

    faults = []
    for project in wanted:
        counts = by_project.get(project.lower())
        print(f"{project}: {counts if counts else 'no report'}")
        if counts is None or counts["passed"] + counts["failed"] == 0:
            faults.append(f"{project} ran no test")
    if exit_code != 0:
        faults.append(f"the test command ended with {exit_code}")
    if total["failed"] > 0:
        faults.append("tests failed")

    # The command prints its own sum: the two must agree, or one of them has lost a project.
    printed = {m[1]: int(m[2]) for m in re.finditer(r"^ +(total|failed|skipped): (\d+)\s*$", (folder / "output.txt").read_text(), re.M)}
    if printed.get("total") != sum(total.values()) or printed.get("failed") != total["failed"] or printed.get("skipped") != total["skipped"]:
        faults.append(f"the reports hold {total}, the command printed {printed}")
    for fault in faults:
        print("ci:", fault, file=sys.stderr)
    sys.stderr.flush()
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
