# The figures of a year, computed apart from the program: python3 figures.py FILE YEAR
import csv, gzip, sys
from datetime import datetime, timezone

year = int(sys.argv[2])
lo = datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()
hi = datetime(year + 1, 1, 1, tzinfo=timezone.utc).timestamp()
opener = gzip.open if sys.argv[1].endswith(".gz") else open
rows = list(csv.DictReader(opener(sys.argv[1], "rt")))
rows.sort(key=lambda r: int(r["ct"]))
first = {}
for i, r in enumerate(rows):
    first.setdefault((r["app"], r["tag"]), i)
lead, undone, n, apps = [], [], 0, {}
for i, r in enumerate(rows):
    t = int(r["ct"])
    if r["env"] != "production" or not lo <= t < hi:
        continue
    n += 1
    apps.setdefault(r["app"], []).append((t, r["rolled_back_to_older"] == "1"))
    f = rows[first[r["app"], r["tag"]]]
    if f["env"] != "production" and r["rolled_back_to_older"] != "1":
        lead.append(t - int(f["ct"]))
for times in apps.values():
    undone += [b[0] - a[0] for a, b in zip(times, times[1:]) if b[1]]


def rank(list, percent):
    return sorted(list)[max(0, -(-len(list) * percent // 100) - 1)]


print("deployments", n)
print("per-week %.4f" % (n / ((hi - lo) / 604800)))
print("lead", rank(lead, 50), rank(lead, 90), len(lead))
print("backed-out %d" % len(undone))
print("back-out-time", rank(undone, 50), rank(undone, 90))
